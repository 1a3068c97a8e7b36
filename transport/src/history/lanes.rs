//! What a history needs of its mesh.

use crate::contract::shard_id::ShardId;

/// The mesh of a history: its clock, and the lanes of its shards.
pub(crate) trait Lanes: Send + Sync {
    fn now(&self) -> u64;

    /// Leaves a mark in the lane of a shard, if there is that shard and somebody looks. It says nothing yet.
    fn mark(&self, shard: ShardId) -> Option<u64>;

    /// What a mark says.
    fn tell(&self, mark: u64, text: &str);
}
