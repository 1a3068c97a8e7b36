use crate::contract::shard_id::ShardId;

/// A shard by its name, and by its index in the table of shards of its mesh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShardKey {
    pub(crate) id: ShardId,
    pub(crate) index: u32,
}
