use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::contract::shard_id::ShardId;
use crate::network::inbox::shard::Shard;
use crate::trace::journal::Journal;
use crate::trace::shard_key::ShardKey;

/// The shards of one mesh. None is ever taken out.
pub(crate) struct ShardTable<P> {
    list: Vec<Arc<Shard<P>>>,
    /// The index of each shard whose id is another number: most tests count their shards from 0, in
    /// the order in which they create them.
    strays: HashMap<ShardId, u32, BuildHasherDefault<IdHasher>>,
}

impl<P> ShardTable<P> {
    pub(crate) fn new() -> Self {
        Self {
            list: Vec::new(),
            strays: HashMap::default(),
        }
    }

    /// Adds the shard `id`, which is not there yet.
    pub(crate) fn add(
        &mut self,
        id: ShardId,
        capacity: usize,
        journal: Option<&Arc<Journal>>,
    ) -> Arc<Shard<P>> {
        let index = u32::try_from(self.list.len()).expect("fewer than 2^32 shards");
        let key = ShardKey { id, index };
        let shard = Arc::new(Shard::new(key, capacity, journal));
        if id.0 != u64::from(index) {
            self.strays.insert(id, index);
        }
        self.list.push(shard.clone());
        shard
    }

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
