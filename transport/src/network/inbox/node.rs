use crate::contract::shard_id::ShardId;

/// What the node of a shard has done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) shard: ShardId,
    pub(crate) boots: u64,
    /// How often it has written to a disk of its own, and synced one.
    pub(crate) written: u64,
    pub(crate) synced: u64,
}
