//! All of one mesh: its shards, and what they share.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::contract::shard_id::ShardId;
use crate::network::inbox::arrivals::EndpointState;
use crate::network::inbox::context::{Context, RunLink};
use crate::network::inbox::shard::Shard;
use crate::network::links::fault_state::FaultState;
use crate::network::links::rules::Rule;
use crate::network::links::wake_list::WakeList;
use crate::network::settlers::Settlers;
use crate::network::shard_table::ShardTable;
use crate::network::sometimes::AllSometimes;
use crate::network::tasks::adopted::Tasks;
use crate::network::tasks::first_panic::FirstPanic;
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
    shards: RwLock<ShardTable<P>>,
    pub(crate) context: Context<P>,
    pub(crate) settlers: Settlers,
    pub(crate) tasks: Tasks,
    /// Every fault that was asked for, for the reports.
    pub(crate) faults: Mutex<Vec<Arc<FaultState>>>,
    pub(crate) sometimes: AllSometimes,
    /// What happened to shards and faults, and the logical time of that.
    pub(crate) log: Mutex<Log>,
    pub(crate) clock: AtomicU64,
    spared: Mutex<Vec<(Arc<Shard<P>>, u64)>>,
    spared_rules: Mutex<Vec<Arc<Rule<P>>>>,
}

impl<P> Network<P> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            shards: RwLock::new(ShardTable::new()),
            context: Context::new(),
            settlers: Settlers::new(),
            tasks: Tasks::new(),
            faults: Mutex::new(Vec::new()),
            sometimes: AllSometimes::new(),
            log: Mutex::new(Log::default()),
            clock: AtomicU64::new(0),
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
        }
    }

    /// Notes what happens to a shard.
    pub(crate) fn note(&self, kind: Kind, shard: ShardKey) {
        if self.context.run().is_none() {
            return;
        }
        lock(&self.log).note(&self.clock, 0, (kind, shard, 0));
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

    /// Gives a crashed shard its links back, and tells the life that begins with that; `None` if it
    /// did not crash.
    pub(crate) fn restart(&self, shard: &Shard<P>) -> Option<u64> {
        // A crash holds it for writing: it comes before this as a whole, or after.
        let _table = read(&self.shards);
        if !shard.restart() {
            return None;
        }
        self.note(Kind::Restarted, shard.key);
        Some(shard.life())
    }

    /// The life of a shard; `None` if it has crashed.
    pub(crate) fn life(&self, shard: &Shard<P>) -> Option<u64> {
        let _table = read(&self.shards);
        let crashed = shard.endpoint() == EndpointState::Crashed;
        (!crashed).then(|| shard.life())
    }

    /// Takes the endpoint of `shard` off the network: its links close, and peers that send to it
    /// are refused. One that has crashed was taken off by that.
    pub(crate) fn abandon(&self, shard: &Shard<P>, life: u64) {
        let mut to_wake = WakeList::new();
        // For writing, so that nobody crashes the shard, creates it again, or connects it half-way.
        let shards = write(&self.shards);
        if shard.life() != life {
            return;
        }
        self.note(Kind::Dropped, shard.key);
        shard.abandon(EndpointState::Dropped, &mut to_wake);
        for peer in shard.peers() {
            shards.at(peer).close(shard, &mut to_wake);
        }
    }

    /// Ends the life of the endpoints and tasks of `shard`: what was on its way to it and from it is
    /// lost. `false` if there is none.
    pub(crate) fn crash(&self, shard: &Shard<P>) -> bool {
        let now = self.context.time();
        let mut to_wake = WakeList::new();
        let shards = write(&self.shards);
        if shard.endpoint() != EndpointState::Alive {
            return false;
        }
        self.note(Kind::Crashed, shard.key);
        shard.end_life();
        shard.abandon(EndpointState::Crashed, &mut to_wake);
        for peer in shard.peers() {
            let peer = shards.at(peer);
            peer.with_arrivals(now, &mut to_wake, |arrivals, to_wake| {
                arrivals.lose_sender(shard.key, to_wake);
            });
        }
        drop(shards);
        let mut panic = FirstPanic::default();
        panic.catch(|| drop(to_wake));
        panic.catch(|| self.tasks.end_over(shard.key.id));
        panic.go_on();
        true
    }
}

/// Endpoints and guards of rules that were dropped, and count as there for now: see
/// [`Supervisor::spares`](crate::network::tasks::supervisor::Supervisor::spares).
impl<P> Network<P> {
    pub(crate) fn spare(&self, shard: &Arc<Shard<P>>, life: u64) {
        lock(&self.spared).push((shard.clone(), life));
    }

    pub(crate) fn spare_rule(&self, rule: Arc<Rule<P>>) {
        lock(&self.spared_rules).push(rule);
    }

    pub(crate) fn abandon_spared(&self) {
        let rules = std::mem::take(&mut *lock(&self.spared_rules));
        for rule in &rules {
            self.end_rule(rule);
        }
        let spared = std::mem::take(&mut *lock(&self.spared));
        for (shard, life) in spared {
            self.abandon(&shard, life);
        }
    }
}
