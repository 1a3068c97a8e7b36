use std::any::Any;

use crate::contract::shard_id::ShardId;
use crate::network::standstill::StandsStill;

/// The run that a mesh is part of, as far as the mesh has something to tell it or to ask.
pub(crate) trait Supervisor: Send + Sync {
    /// A task of `shard` panicked.
    fn task_panicked(&self, shard: ShardId, panic: Box<dyn Any + Send>);

    /// The run stands still, and is to fail when it is polled next.
    fn stands_still(&self, told: StandsStill);

    /// Whether an endpoint or a guard that is being dropped is to be left as it was: where the test
    /// is over, and what it owns goes because of its panic, the report is on the mesh before that.
    fn spares(&self) -> bool;
}
