use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::decision::asked::AllAsked;
use crate::decision::chaos::draws::ChaosOfRun;
use crate::decision::decider::Decider;
use crate::decision::die::{Chance, Die};
use crate::decision::names::Names;
use crate::network::links::rules::RuleBook;
use crate::network::tasks::standstill::{Futile, Limit, Standstill};
use crate::network::tasks::supervisor::Supervisor;
use crate::trace::journal::Journal;

/// The run that a mesh is part of.
pub(crate) struct RunLink {
    pub(crate) journal: Arc<Journal>,
    pub(crate) decider: Decider,
    pub(crate) asked: Arc<AllAsked>,
    /// Whether to note what each segment is.
    pub(crate) labels: bool,
    pub(crate) supervisor: Arc<dyn Supervisor>,
    pub(crate) standstill: Arc<Standstill>,
    pub(crate) chaos: ChaosOfRun,
    /// The place of the mesh among those of the run.
    pub(crate) mesh: usize,
}

/// What the shards of a mesh share: the run, the clock and the rules.
pub(crate) struct Context<P> {
    /// `None` as long as no harness watches the mesh.
    run: OnceLock<RunLink>,
    pub(crate) rules: RuleBook<P>,
    /// Whether a segment was ever to be overtaken: most meshes have nothing that waits for that, and
    /// need not look for it whenever no task can run.
    pub(crate) reorders: AtomicBool,
    /// Sends that were refused with `UnknownPeer`: no link counts them.
    pub(crate) unknown_peers: AtomicU64,
    /// The zero of the mesh's clock, where no run has one.
    began: OnceLock<Instant>,
    /// What was asked for by name, where no run keeps it.
    asked: AllAsked,
}

impl<P> Context<P> {
    pub(crate) fn new() -> Self {
        Self {
            run: OnceLock::new(),
            rules: RuleBook::new(),
            reorders: AtomicBool::new(false),
            unknown_peers: AtomicU64::new(0),
            began: OnceLock::new(),
            asked: AllAsked::new(),
        }
    }

    #[inline]
    pub(crate) fn run(&self) -> Option<&RunLink> {
        self.run.get()
    }

    /// Makes the mesh part of a run; `false` if it is part of one already.
    pub(crate) fn join(&self, run: RunLink) -> bool {
        self.run.set(run).is_ok()
    }

    pub(crate) fn journal(&self) -> Option<&Arc<Journal>> {
        self.run().map(|run| &run.journal)
    }

    pub(crate) fn began(&self) -> Instant {
        match self.run() {
            Some(run) => run.journal.clock.began(),
            None => *self.began.get_or_init(Instant::now),
        }
    }

    /// Milliseconds since the mesh began: read, not remembered.
    pub(crate) fn time(&self) -> u64 {
        if let Some(run) = self.run() {
            run.journal.clock.moved();
            return run.journal.clock.now();
        }
        u64::try_from(self.began().elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The same as of the last time that it was read, for reports; without a run, 0.
    #[inline]
    pub(crate) fn stamp(&self) -> u64 {
        self.run().map_or(0, |run| run.journal.clock.now())
    }

    /// A batch of segments is about to be received.
    #[inline]
    pub(crate) fn batch(&self) {
        if let Some(run) = self.run() {
            run.journal.clock.batch();
        }
    }

    /// A segment was received.
    #[inline]
    pub(crate) fn received(&self) {
        if let Some(run) = self.run() {
            run.standstill.received();
        }
    }

    /// An operation moved nothing. Too many of them end the run.
    ///
    /// # Panics
    ///
    /// If it does not end, because it is not polled: then the loop is within one poll.
    #[cold]
    #[track_caller]
    pub(crate) fn moved_nothing(&self, what: Futile) {
        if matches!(what, Futile::UnknownPeer(..)) {
            self.unknown_peers.fetch_add(1, Ordering::Relaxed);
        }
        let Some(run) = self.run().filter(|run| run.journal.clock.is_paused()) else {
            return;
        };
        match run.standstill.count(&run.journal.clock, what) {
            Limit::Kept => {}
            Limit::Reached(told) => run.supervisor.stands_still(told),
            Limit::Passed(_) if std::thread::panicking() => {}
            Limit::Passed(told) => panic!("this {told}"),
        }
    }

    /// Whether somebody tells when no task can run: on several threads, nobody knows.
    pub(crate) fn tells_idle(&self) -> bool {
        self.run()
            .is_some_and(|run| !run.journal.clock.is_multi_thread())
    }

    /// Whether to note what each segment is.
    #[inline]
    pub(crate) fn wants_labels(&self) -> bool {
        self.run().is_some_and(|run| run.labels)
    }

    /// Names a segment that is being sent, where decisions are fixed.
    pub(crate) fn name(&self, segment: Segment, label: &str) -> Option<Names> {
        let run = self.run()?;
        let Segment { from, to, .. } = segment;
        run.decider.name((run.mesh, from, to), label)
    }

    /// See [`Supervisor::spares`].
    pub(crate) fn spares(&self) -> bool {
        self.run().is_some_and(|run| run.supervisor.spares())
    }

    /// What is asked for by name.
    pub(crate) fn asked(&self) -> &AllAsked {
        self.run().map_or(&self.asked, |run| &run.asked)
    }

    pub(crate) fn decider(&self) -> Option<&Decider> {
        self.run().map(|run| &run.decider)
    }

    pub(crate) fn seed(&self) -> u64 {
        self.run().map_or(0, |run| run.decider.seed)
    }

    /// The decisions about the segments of one link.
    pub(crate) fn chance(&self, from: ShardId, to: ShardId) -> Chance {
        Chance::new(self.seed(), from, to)
    }

    /// The decisions about one segment of the link with this `chance`.
    pub(crate) fn die(&self, chance: Chance, segment: Segment, names: Option<Names>) -> Die {
        match self.run() {
            Some(run) => run.decider.segment(run.mesh, chance, (segment, names)),
            None => chance.die(segment.number),
        }
    }
}
