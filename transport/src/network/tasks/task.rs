use std::cell::Cell;
use std::panic::Location;

use crate::contract::shard_id::ShardId;

/// A task of a shard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) shard: ShardId,
    /// The line that spawned it.
    pub(crate) asked: &'static Location<'static>,
}

thread_local! {
    static RUNNING: Cell<Option<Task>> = const { Cell::new(None) };
}

/// The task of a shard of which this thread runs code now.
pub(crate) fn running() -> Option<Task> {
    RUNNING.get()
}

/// While it lives, this thread runs code of a task.
pub(crate) struct Running(Option<Task>);

impl Running {
    pub(crate) fn new(task: Task) -> Self {
        Self(RUNNING.replace(Some(task)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.set(self.0);
    }
}
