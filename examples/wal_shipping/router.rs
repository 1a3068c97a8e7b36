//! Which shard a key belongs to: rendezvous hashing (Thaler and Ravishankar, 1996).
//!
//! Each shard draws a number for the key, and the highest has it. A shard that is added draws higher
//! than all others for its share of the keys, and takes those: one key in n + 1. No key moves between
//! two shards that were there before. Jump consistent hashing moves as few, and asks less than every
//! shard, but its shards are 0..n and only the last can go; here any can.

use shard_mesh::ShardId;
use siphasher::sip::SipHasher13;

#[derive(Clone, Debug)]
pub(crate) struct ShardRouter {
    shards: Vec<ShardId>,
}

impl ShardRouter {
    /// # Panics
    ///
    /// If there is no shard.
    pub(crate) fn new(shards: impl IntoIterator<Item = ShardId>) -> Self {
        let shards: Vec<_> = shards.into_iter().collect();
        assert!(!shards.is_empty(), "a router needs a shard to route to");
        Self { shards }
    }

    pub(crate) fn shard_of(&self, key: &str) -> ShardId {
        // A published hash function: that of the standard library may change with a release, and
        // with it where every key is looked for.
        let draw = |shard: ShardId| SipHasher13::new_with_keys(shard.0, 0).hash(key.as_bytes());
        let shards = self.shards.iter().copied();
        (shards.max_by_key(|&shard| (draw(shard), shard))).expect("a router has a shard")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: usize = 10_000;

    fn router(shards: impl IntoIterator<Item = u64>) -> ShardRouter {
        ShardRouter::new(shards.into_iter().map(ShardId))
    }

    fn keys() -> impl Iterator<Item = String> {
        (0..KEYS).map(|number| format!("key-{number}"))
    }

    /// Whether `count` is a share of the keys of one in `n`, within a tenth.
    fn is_share(count: usize, n: usize) -> bool {
        count.abs_diff(KEYS / n) * 10 < KEYS / n
    }

    #[test]
    fn keys_spread_evenly() {
        let router = router(0..4);
        for shard in (0..4).map(ShardId) {
            let count = keys().filter(|key| router.shard_of(key) == shard).count();
            assert!(is_share(count, 4), "shard {shard} has {count} keys");
        }
    }

    #[test]
    fn a_shard_that_is_added_takes_its_share_and_no_other_key_moves() {
        let (before, after) = (router(0..4), router(0..5));
        let moved = keys().filter(|key| before.shard_of(key) != after.shard_of(key));
        let moved: Vec<_> = moved.collect();
        assert!(moved.iter().all(|key| after.shard_of(key) == ShardId(4)));
        assert!(is_share(moved.len(), 5), "{} keys moved", moved.len());
    }

    #[test]
    fn a_shard_that_is_removed_gives_its_keys_away_and_no_other_key_moves() {
        let (before, after) = (router(0..5), router([0, 1, 3, 4]));
        for key in keys().filter(|key| before.shard_of(key) != ShardId(2)) {
            assert_eq!(before.shard_of(&key), after.shard_of(&key));
        }
    }

    #[test]
    fn the_order_of_the_shards_is_of_no_account() {
        let (up, down) = (router(0..5), router((0..5).rev()));
        assert!(keys().all(|key| up.shard_of(&key) == down.shard_of(&key)));
    }

    // Fails when the hash function changes, which would leave data where nobody looks for it.
    #[test]
    fn a_key_stays_where_it_was_in_earlier_releases() {
        let router = router(0..8);
        let shards = ["", "a", "key-1", "key-2", "Käse"].map(|key| router.shard_of(key).0);
        assert_eq!(shards, [3, 7, 7, 3, 3]);
    }

    #[test]
    #[should_panic(expected = "a router needs a shard")]
    fn a_router_without_a_shard_is_refused() {
        router([]);
    }
}
