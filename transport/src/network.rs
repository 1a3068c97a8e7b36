//! The table of shards that one factory makes, and the way from one to another.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use crate::ShardId;
use crate::aftermath::Aftermath;
use crate::arrivals::EndpointState;
use crate::fault::FaultState;
use crate::inbox::Shard;
use crate::link::{LinkView, Sender};
use crate::log::{Kind, Log};
use crate::observer::Observer;
use crate::random::{Chance, Die, Fixed};
use crate::rule::{EndedRule, RuleBook};
use crate::settle::Settlers;
use crate::sometimes::AllSometimes;
use crate::sync::{Mutex, RwLock, RwLockReadGuard, lock, read, write};
use crate::tasks::Tasks;
use crate::timeline::{Recording, Segment};

/// All shards of one mesh. There is no other state: a link lives in the inbox it leads to.
///
/// Locks are taken in this order: the table, then those of one inbox. Never of two inboxes at
/// once, and no waker is woken and no waker or payload dropped under any. (A payload's `clone`, for
/// a copy, is called under the lock of an inbox.)
pub(crate) struct Network<P> {
    pub(crate) capacity: usize,
    shards: RwLock<Shards<P>>,
    observer: OnceLock<Arc<Observer>>,
    pub(crate) settlers: Settlers,
    pub(crate) rules: RuleBook<P>,
    pub(crate) tasks: Tasks,
    /// Whether a link was ever told to reorder: most meshes have nothing that waits to be overtaken,
    /// and need not look for it whenever no task can run.
    pub(crate) reorders: AtomicBool,
    /// Every fault that was asked for, for the reports.
    pub(crate) faults: Mutex<Vec<Arc<FaultState>>>,
    pub(crate) sometimes: AllSometimes,
    /// What happened to shards and faults, and the logical time of that.
    pub(crate) log: Mutex<Log>,
    pub(crate) clock: AtomicU64,
    spared: Mutex<Vec<(Arc<Shard<P>>, u64)>>,
    spared_rules: Mutex<Vec<EndedRule>>,
    /// Its place among the meshes of a run.
    number: AtomicUsize,
    /// The zero of the mesh's clock, where no observer has one.
    began: OnceLock<Instant>,
}

pub(crate) struct Shards<P> {
    list: Vec<Arc<Shard<P>>>,
    /// The index of each shard whose id is another number: most tests count their shards from 0, in
    /// the order in which they create them.
    strays: HashMap<ShardId, u32, BuildHasherDefault<IdHasher>>,
}

impl<P> Shards<P> {
    pub(crate) fn get(&self, id: ShardId) -> Option<&Arc<Shard<P>>> {
        match usize::try_from(id.0).ok().and_then(|id| self.list.get(id)) {
            Some(shard) if shard.key.id == id => Some(shard),
            _ if self.strays.is_empty() => None,
            _ => self.strays.get(&id).map(|&index| self.at(index)),
        }
    }

    pub(crate) fn at(&self, index: u32) -> &Arc<Shard<P>> {
        &self.list[index as usize]
    }

    /// In the order of their creation.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Shard<P>>> {
        self.list.iter()
    }
}

impl<P> Network<P> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            shards: RwLock::new(Shards {
                list: Vec::new(),
                strays: HashMap::default(),
            }),
            observer: OnceLock::new(),
            settlers: Settlers::new(),
            rules: RuleBook::new(),
            tasks: Tasks::new(),
            reorders: AtomicBool::new(false),
            faults: Mutex::new(Vec::new()),
            sometimes: AllSometimes::new(),
            log: Mutex::new(Log::default()),
            clock: AtomicU64::new(0),
            spared: Mutex::new(Vec::new()),
            spared_rules: Mutex::new(Vec::new()),
            number: AtomicUsize::new(0),
            began: OnceLock::new(),
        }
    }

    pub(crate) fn shards(&self) -> RwLockReadGuard<'_, Shards<P>> {
        read(&self.shards)
    }

    #[inline]
    pub(crate) fn observer(&self) -> Option<&Arc<Observer>> {
        self.observer.get()
    }

    /// Keeps a log from now on, on the clock of `observer`; the first observer stays.
    pub(crate) fn observe(&self, observer: &Arc<Observer>, number: usize) {
        // For writing, so that no shard is created half-way.
        let shards = write(&self.shards);
        if self.observer.set(observer.clone()).is_ok() {
            self.number.store(number, Ordering::Relaxed);
            lock(&self.log).observe(observer, ShardId::default());
            for shard in &shards.list {
                shard.observe(observer);
            }
        }
    }

    /// Notes what happens to a shard.
    pub(crate) fn note(&self, kind: Kind, shard: Sender) {
        if self.observer().is_none() {
            return;
        }
        lock(&self.log).note(&self.clock, 0, (kind, shard, 0));
    }

    /// The shard `id`, which had no endpoint, or lost it; otherwise what became of that.
    pub(crate) fn create(&self, id: ShardId) -> Result<Arc<Shard<P>>, EndpointState> {
        let mut shards = write(&self.shards);
        if let Some(shard) = shards.get(id) {
            return match shard.endpoint() {
                EndpointState::Dropped => {
                    shard.revive();
                    Ok(shard.clone())
                }
                other => Err(other),
            };
        }
        let index = u32::try_from(shards.list.len()).expect("fewer than 2^32 shards");
        let key = Sender { id, index };
        let shard = Arc::new(Shard::new(key, self.capacity, self.observer()));
        if id.0 != u64::from(index) {
            shards.strays.insert(id, index);
        }
        shards.list.push(shard.clone());
        Ok(shard)
    }

    /// Takes the endpoint of `shard` off the network: its links close, and peers that send to it
    /// are refused. One that has crashed was taken off by that.
    pub(crate) fn abandon(&self, shard: &Shard<P>, life: u64) {
        let mut after = Aftermath::new();
        // For writing, so that nobody crashes the shard, creates it again, or connects it half-way.
        let shards = write(&self.shards);
        if shard.life() != life {
            return;
        }
        self.note(Kind::Dropped, shard.key);
        shard.abandon(EndpointState::Dropped, &mut after);
        for other in &shards.list {
            if other.key.index != shard.key.index {
                other.close(shard, &mut after);
            }
        }
    }

    /// Ends the life of the endpoints of `shard`: what was on its way to it and from it is lost.
    /// `false` if there is none.
    pub(crate) fn crash(&self, shard: &Shard<P>) -> bool {
        let now = self.time();
        let mut after = Aftermath::new();
        let shards = write(&self.shards);
        if shard.endpoint() != EndpointState::Alive {
            return false;
        }
        self.note(Kind::Crashed, shard.key);
        shard.end_life();
        shard.abandon(EndpointState::Crashed, &mut after);
        for other in &shards.list {
            other.with_arrivals(now, &mut after, |arrivals, after| {
                arrivals.lose_sender(shard.key, after);
            });
        }
        true
    }
}

/// Endpoints and guards of rules that were dropped, and count as there for now: see
/// [`Observer::spares`].
impl<P> Network<P> {
    pub(crate) fn spare(&self, shard: &Arc<Shard<P>>, life: u64) {
        lock(&self.spared).push((shard.clone(), life));
    }

    pub(crate) fn spare_rule(&self, rule: EndedRule) {
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

/// The mesh's clock, and its chance.
impl<P> Network<P> {
    pub(crate) fn began(&self) -> Instant {
        match self.observer() {
            Some(observer) => observer.began(),
            None => *self.began.get_or_init(Instant::now),
        }
    }

    /// Milliseconds since the mesh began: read, not remembered.
    pub(crate) fn time(&self) -> u64 {
        if let Some(observer) = self.observer() {
            observer.moved();
            return observer.now();
        }
        u64::try_from(self.began().elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn seed(&self) -> u64 {
        self.observer().map_or(0, |observer| observer.seed())
    }

    pub(crate) fn chance(&self, from: ShardId, to: ShardId) -> Chance {
        Chance::new(self.seed(), from, to)
    }

    /// Decides about one segment of the link with this chance.
    pub(crate) fn die(&self, chance: Chance, from: ShardId, to: ShardId, number: u64) -> Die {
        let mut die = chance.die(number);
        if let Some(given) = self.observer().and_then(|it| it.given()) {
            let mesh = self.number.load(Ordering::Relaxed);
            die.fix(Fixed {
                choice: given.choice(mesh, Segment { from, to, number }),
                jitter: given.jitter,
            });
        }
        die
    }

    /// Whether somebody tells when no task can run.
    pub(crate) fn tells_idle(&self) -> bool {
        self.observer()
            .is_some_and(|observer| observer.tells_idle())
    }
}

/// What the reports ask.
impl<P> Network<P> {
    /// Shows every link to `look`, with its two ends.
    pub(crate) fn each_link(&self, mut look: impl FnMut(ShardId, ShardId, LinkView)) {
        let now = self.time();
        let mut after = Aftermath::new();
        let shards = self.shards();
        for to in shards.iter() {
            for link in to.links(now, &mut after) {
                look(shards.at(link.sender).key.id, to.key.id, link);
            }
        }
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

/// Spreads shard numbers over a table: std's own hash costs as much as the rest of a send.
#[derive(Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, id: u64) {
        // Fibonacci hashing (Knuth, TAOCP 6.4). The table reads the low and the topmost bits, and
        // the product is well mixed only at the top.
        self.0 = id.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(self.0 ^ u64::from(byte));
        }
    }
}
