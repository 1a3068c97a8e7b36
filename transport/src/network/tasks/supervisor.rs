use std::any::Any;
use std::sync::Arc;

use crate::contract::shard_id::ShardId;
use crate::history::recorded::Ends;
use crate::network::tasks::activity::Activity;
use crate::network::tasks::property::Property;
use crate::network::tasks::standstill::StandsStill;
use crate::network::tasks::task::Task;

/// The run that a mesh is part of, as far as the mesh has something to tell it or to ask.
pub(crate) trait Supervisor: Send + Sync {
    /// A task of a shard is spawned, and keeps what it does up to date.
    fn task_spawned(&self, task: Task) -> Arc<Activity>;

    /// A task of `shard` panicked.
    fn task_panicked(&self, shard: ShardId, panic: Box<dyn Any + Send>);

    /// A task of a shard returned an error.
    fn task_failed(&self, task: Task, error: String);

    /// Whether a task has failed: then no task of a shard is polled any more.
    fn has_failed(&self) -> bool;

    /// Whether it can be told which task has spawned another: on one thread.
    fn counts_tasks(&self) -> bool;

    /// The run stands still, and is to fail when it is polled next.
    fn stands_still(&self, told: StandsStill);

    /// A history that is to be checked when the body of the test has returned.
    fn add_history(&self, history: Arc<dyn Ends>);

    /// A task of a shard was polled.
    fn polled(&self, task: Task);

    /// The test says what must hold, or waits until something does: the number of that.
    fn add_property(&self, property: Property) -> u64;

    /// Nobody waits any more for what has this number.
    fn remove_property(&self, number: u64);

    /// Episodes of a mesh have changed: the run is to look when something is due.
    fn attend(&self);

    /// Whether an endpoint or a guard that is being dropped is to be left as it was: where the test
    /// is over, and what it owns goes because of its panic, the report is on the mesh before that.
    fn spares(&self) -> bool;
}
