//! All of one mesh: its shards, and what they share.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::contract::error::TransportError;
use crate::contract::shard_id::ShardId;
use crate::network::disk::DiskLoss;
use crate::network::episodes::state::Episodes;
use crate::network::inbox::arrivals::EndpointState;
use crate::network::inbox::context::{Context, RunLink};
use crate::network::inbox::shard::Shard;
use crate::network::links::fault_state::FaultState;
use crate::network::links::rules::Rule;
use crate::network::measured::AllMeasured;
use crate::network::notes::Notes;
use crate::network::outlived::Outlived;
use crate::network::refusals::Refusals;
use crate::network::settlers::Settlers;
use crate::network::shard_table::ShardTable;
use crate::network::sometimes::AllSometimes;
use crate::network::tally::Tally;
use crate::network::tasks::adopted::Tasks;
use crate::sync::{Mutex, RwLock, RwLockReadGuard, lock, read, write};
use crate::trace::log::Log;
use crate::trace::record::Kind;
use crate::trace::shard_key::ShardKey;

/// All shards of one mesh. There is no other state: a link lives in the inbox it leads to.
///
/// Locks are taken in this order: the table, then those of one inbox. Never of two inboxes at
/// once. No code of the test runs under any: no waker is cloned, woken or dropped, no payload cloned
/// or dropped, no rule asked. (The turn of [`RuleBook`](crate::network::links::rules::RuleBook), which is
/// taken before all of them, is there for such code.)
pub(crate) struct Network<P> {
    pub(crate) capacity: usize,
    pub(super) shards: RwLock<ShardTable<P>>,
    pub(crate) context: Context<P>,
    pub(crate) settlers: Settlers,
    pub(crate) tasks: Arc<Tasks>,
    /// What comes and goes by itself.
    pub(crate) episodes: Episodes<P>,
    /// Every fault that was asked for, for the reports.
    pub(crate) faults: Mutex<Vec<Arc<FaultState>>>,
    pub(crate) sometimes: AllSometimes,
    /// What happened to shards and faults, and the logical time of that.
    pub(crate) log: Mutex<Log>,
    pub(crate) clock: AtomicU64,
    /// What was noted of shards.
    pub(super) notes: Mutex<Notes>,
    pub(super) refusals: Mutex<Refusals>,
    pub(super) disk_losses: Mutex<Vec<DiskLoss>>,
    pub(super) outlived: Mutex<Outlived>,
    pub(super) tally: Tally,
    pub(crate) measured: Mutex<AllMeasured>,
    pub(super) spared: Mutex<Vec<(Arc<Shard<P>>, u64)>>,
    pub(super) spared_rules: Mutex<Vec<Arc<Rule<P>>>>,
}

impl<P> Network<P> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            shards: RwLock::new(ShardTable::new()),
            context: Context::new(),
            settlers: Settlers::new(),
            tasks: Arc::new(Tasks::new()),
            episodes: Episodes::new(),
            faults: Mutex::new(Vec::new()),
            sometimes: AllSometimes::new(),
            log: Mutex::new(Log::default()),
            clock: AtomicU64::new(0),
            notes: Mutex::new(Notes::default()),
            refusals: Mutex::new(Refusals::default()),
            disk_losses: Mutex::new(Vec::new()),
            outlived: Mutex::new(Outlived::default()),
            tally: Tally::default(),
            measured: Mutex::new(AllMeasured::new()),
            spared: Mutex::new(Vec::new()),
            spared_rules: Mutex::new(Vec::new()),
        }
    }

    pub(crate) fn shards(&self) -> RwLockReadGuard<'_, ShardTable<P>> {
        read(&self.shards)
    }

    /// Makes the mesh part of a run, of which it keeps a log from now on; the first run stays.
    pub(crate) fn join(&self, run: RunLink) {
        // For writing, so that no shard is created half-way.
        let shards = write(&self.shards);
        let journal = run.journal.clone();
        if self.context.join(run) {
            lock(&self.log).begin(&journal, ShardId::default());
            for shard in shards.iter() {
                shard.begin_log(&journal);
            }
            drop(shards);
            self.plan_fixed();
        }
    }

    /// Notes what happens to a shard.
    pub(crate) fn note(&self, kind: Kind, shard: ShardKey) {
        self.note_how(kind, shard, 0);
    }

    /// The same with a number that says how.
    pub(crate) fn note_how(&self, kind: Kind, shard: ShardKey, how: u64) {
        if self.context.run().is_none() {
            return;
        }
        lock(&self.log).note(&self.clock, 0, (kind, shard, how));
    }

    /// Notes that a send was refused.
    #[cold]
    pub(crate) fn note_refused(&self, from: ShardKey, to: ShardId, why: TransportError) {
        let Some(run) = self.context.run() else {
            return;
        };
        let kind = match why {
            TransportError::UnknownPeer(_) => Kind::RefusedUnknown,
            TransportError::Closed => Kind::RefusedClosed,
        };
        let at = run.journal.clock.now();
        if lock(&self.refusals).is_new(at, (from.id, to, kind)) {
            self.note_how(kind, from, to.0);
        }
    }

    /// The shard `id`, which had no endpoint, or lost it, and its life; otherwise what became of that.
    pub(crate) fn create(&self, id: ShardId) -> Result<(Arc<Shard<P>>, u64), EndpointState> {
        let mut shards = write(&self.shards);
        if let Some(shard) = shards.get(id) {
            return match shard.endpoint() {
                EndpointState::Dropped => {
                    shard.revive();
                    Ok((shard.clone(), shard.life()))
                }
                other => Err(other),
            };
        }
        let shard = shards.add(id, self.capacity, self.context.journal());
        let life = shard.life();
        Ok((shard, life))
    }

    /// The life of a shard; `None` if it has crashed.
    pub(crate) fn life(&self, shard: &Shard<P>) -> Option<u64> {
        let _table = read(&self.shards);
        let crashed = shard.endpoint() == EndpointState::Crashed;
        (!crashed).then(|| shard.life())
    }
}
