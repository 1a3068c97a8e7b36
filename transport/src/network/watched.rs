//! A mesh as the harness sees it: without its payload type.

use std::any::type_name;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::contract::shard_id::ShardId;
use crate::network::disk::DiskLoss;
use crate::network::episodes::told::{ChaosTold, PlanTold};
use crate::network::inbox::node::Node;
use crate::network::links::fault_state::FaultState;
use crate::network::links::link::LinkView;
use crate::network::links::wake_list::WakeList;
use crate::network::network::Network;
use crate::network::outlived::Outlived;
use crate::network::sometimes::Sometimes;
use crate::network::stats::{LinkStats, Stats};
use crate::network::tally::Covered;
use crate::network::tasks::adopted::Home;
use crate::network::waits::{MOST_UNUSED, ShardView, WaitFor, Waits};
use crate::sync::lock;
use crate::trace::recording::Recording;

/// A mesh of some payload.
pub(crate) trait Watched: Send + Sync {
    /// Called when no task of the runtime can run.
    fn idle(&self);

    /// Who waits for what.
    fn waits(&self) -> Waits;

    /// Takes those endpoints off the network that were spared when they were dropped.
    fn abandon_spared(&self);

    /// All that was logged.
    fn recording(&self) -> Recording;

    /// What each link has carried.
    fn stats(&self) -> Stats;

    /// Every fault that the test asked for.
    fn faults(&self) -> Vec<Arc<FaultState>>;

    /// What must hold sometimes.
    fn sometimes(&self) -> Vec<Sometimes>;

    /// Crashes that found unsynced writes, and what has outlived crashes.
    fn crashes(&self) -> (Vec<DiskLoss>, Outlived);

    /// The body of the test has come to a wait: chaos begins, if it has not.
    ///
    /// # Errors
    ///
    /// What is wrong with what the test asks for.
    fn begin_chaos(&self) -> Result<(), String>;

    /// Ends and begins what is due.
    fn advance(&self);

    /// When something is due next: milliseconds.
    fn next_due(&self) -> Option<u64>;

    /// Chaos so far, where the test has asked for it.
    fn chaos(&self) -> Option<ChaosTold>;

    /// Planned episodes: what each is called, the line, whether it is optional, and what became of it.
    fn planned(&self) -> Vec<PlanTold>;

    /// What its nodes have done.
    fn nodes(&self) -> Vec<Node>;

    /// What befell it.
    fn covered(&self) -> Covered;

    /// The name of the type of its payload.
    fn payload(&self) -> &'static str;
}

impl<P: Send + 'static> Watched for Network<P> {
    fn crashes(&self) -> (Vec<DiskLoss>, Outlived) {
        (
            lock(&self.disk_losses).clone(),
            lock(&self.outlived).clone(),
        )
    }

    fn begin_chaos(&self) -> Result<(), String> {
        self.begin_chaos()
    }

    fn advance(&self) {
        self.advance();
    }

    fn next_due(&self) -> Option<u64> {
        self.episodes.lock().next_due()
    }

    fn chaos(&self) -> Option<ChaosTold> {
        self.chaos_told()
    }

    fn planned(&self) -> Vec<PlanTold> {
        self.episodes.lock().planned_told()
    }

    fn nodes(&self) -> Vec<Node> {
        self.nodes()
    }

    fn covered(&self) -> Covered {
        self.covered()
    }

    fn payload(&self) -> &'static str {
        type_name::<P>()
    }

    fn idle(&self) {
        self.look_for_survivors();
        if self.stop_waiting() {
            return;
        }
        if !self.settlers.is_empty() && self.is_quiet() {
            self.settlers.settled();
        }
    }

    fn waits(&self) -> Waits {
        let now = self.context.time();
        let mut to_wake = WakeList::new();
        let mut found = Waits {
            capacity: self.capacity,
            tasks: self.tasks.unfinished(),
            ..Waits::default()
        };
        // Read once: a second reader waits behind a crash that waits for the first.
        let shards = self.shards();
        for shard in shards.iter() {
            let receivers = shard.receivers();
            found.add(WaitFor::Segment(shard.key.id), receivers.into_iter());
            let mut unused = 0;
            for link in shard.links(now, &mut to_wake) {
                let (from, to) = (shards.at(link.sender).key.id, shard.key.id);
                found.add(WaitFor::Room(from, to), link.senders.iter().copied());
                unused += usize::from(link.index.is_none());
                if link.index.is_some() || unused <= MOST_UNUSED {
                    found.links.push(LinkView { from, to, ..link });
                }
            }
            found.shards.push(ShardView {
                id: shard.key.id,
                paused: Home::is_paused(&**shard),
                endpoint: shard.endpoint(),
                clock_error: shard.wall_clocks().error(Duration::from_millis(now)),
                clock_drift: shard.wall_clocks().drift(),
                unused: unused.saturating_sub(MOST_UNUSED),
            });
        }
        drop(shards);
        found.add(WaitFor::Rest, self.settlers.since().into_iter());
        found
    }

    fn abandon_spared(&self) {
        self.abandon_spared();
    }

    fn recording(&self) -> Recording {
        self.recording()
    }

    fn stats(&self) -> Stats {
        self.stats()
    }

    fn faults(&self) -> Vec<Arc<FaultState>> {
        self.faults()
    }

    fn sometimes(&self) -> Vec<Sometimes> {
        self.sometimes.all()
    }
}

/// What the reports ask.
impl<P> Network<P> {
    /// Shows every link to `look`, with its two ends.
    pub(crate) fn each_link(&self, mut look: impl FnMut(ShardId, ShardId, LinkView)) {
        let now = self.context.time();
        let mut to_wake = WakeList::new();
        let shards = self.shards();
        for to in shards.iter() {
            for link in to.links(now, &mut to_wake) {
                look(shards.at(link.sender).key.id, to.key.id, link);
            }
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        let mut links = Vec::new();
        self.each_link(|from, to, link| {
            if link.open || link.sent > 0 {
                links.push(LinkStats::of(from, to, &link));
            }
        });
        let unknown_peers = &self.context.unknown_peers;
        Stats::new(links, unknown_peers.load(Ordering::Relaxed))
    }

    /// All that was logged, up to now: what is due has arrived, though nobody may have looked.
    pub(crate) fn recording(&self) -> Recording {
        self.on_all(|_, _| {});
        let mut logs = vec![lock(&self.log).kept()];
        let shards = self.shards();
        for shard in shards.iter() {
            logs.extend(shard.logs());
        }
        let faults = self.faults().iter().map(|it| it.info.clone()).collect();
        Recording {
            shards: shards.iter().map(|shard| shard.key.id).collect(),
            faults,
            notes: lock(&self.notes).texts(),
            logs,
        }
    }

    /// Whether nothing is on its way and every inbox is empty.
    pub(crate) fn is_quiet(&self) -> bool {
        self.shards().iter().all(|shard| shard.is_quiet())
    }

    /// How many sends and receives there were: a number that grows whenever the mesh moves.
    pub(crate) fn moves(&self) -> u64 {
        let mut moves = 0;
        self.each_link(|_, _, link| moves += link.sent + link.received + link.dropped);
        moves
    }
}
