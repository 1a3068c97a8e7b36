//! The table of shards that one factory makes, and the way from one to another.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use crate::ShardId;
use crate::arrivals::{LinkView, Sender};
use crate::inbox::Shard;
use crate::observer::Observer;
use crate::settle::Settlers;
use crate::sync::{RwLock, RwLockReadGuard, read, write};

/// All shards of one mesh. There is no other state: a link lives in the inbox it leads to.
///
/// Locks are taken in this order: the table, then those of one inbox. Never of two inboxes at
/// once, and never is user code (a waker, a payload) run under any.
pub(crate) struct Network<P> {
    pub(crate) capacity: usize,
    shards: RwLock<Shards<P>>,
    observer: OnceLock<Arc<Observer>>,
    pub(crate) settlers: Settlers,
}

pub(crate) struct Shards<P> {
    index: HashMap<ShardId, u32, BuildHasherDefault<IdHasher>>,
    list: Vec<Arc<Shard<P>>>,
}

impl<P> Shards<P> {
    pub(crate) fn get(&self, id: ShardId) -> Option<&Arc<Shard<P>>> {
        self.index.get(&id).map(|&index| self.at(index))
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
                index: HashMap::default(),
                list: Vec::new(),
            }),
            observer: OnceLock::new(),
            settlers: Settlers::new(),
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
    pub(crate) fn observe(&self, observer: &Arc<Observer>) {
        self.observer.get_or_init(|| observer.clone());
    }

    /// The shard `id` with an endpoint that was not alive before; `None` if one is.
    pub(crate) fn create(&self, id: ShardId) -> Option<Arc<Shard<P>>> {
        let mut shards = write(&self.shards);
        if let Some(shard) = shards.get(id) {
            return shard.revive().then(|| shard.clone());
        }
        let index = u32::try_from(shards.list.len()).expect("fewer than 2^32 shards");
        let shard = Arc::new(Shard::new(Sender { id, index }, self.capacity));
        shards.index.insert(id, index);
        shards.list.push(shard.clone());
        Some(shard)
    }

    /// Takes the endpoint of `shard` off the network: its links close, and peers that send to it
    /// are refused.
    pub(crate) fn abandon(&self, shard: &Shard<P>) {
        let (lost, mut woken) = shard.abandon();
        for other in self.shards().iter() {
            woken.extend(other.close(shard));
        }
        wake(woken);
        drop(lost);
    }
}

/// What the reports ask.
impl<P> Network<P> {
    /// Shows every link to `look`, with its two ends.
    pub(crate) fn each_link(&self, mut look: impl FnMut(ShardId, ShardId, LinkView)) {
        let shards = self.shards();
        for to in shards.iter() {
            for link in to.links() {
                look(shards.at(link.from).key.id, to.key.id, link);
            }
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

/// Wakes all; to be called with no lock held, as a waker may run anything.
pub(crate) fn wake(woken: impl IntoIterator<Item = Waker>) {
    for waker in woken {
        waker.wake();
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
