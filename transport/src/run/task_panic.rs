use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use crate::contract::shard_id::ShardId;
use crate::sync::{Mutex, lock};

/// The panic of a task that belongs to a shard.
pub(crate) struct TaskPanic {
    pub(crate) shard: ShardId,
    pub(crate) panic: Box<dyn Any + Send>,
    /// Where, if that is known.
    pub(crate) place: Option<String>,
}

/// The first panic of a task, which fails the test.
pub(crate) struct FirstTaskPanic {
    came: AtomicBool,
    panic: Mutex<Option<TaskPanic>>,
    /// Wakes the test when there is one.
    test: Mutex<Option<Waker>>,
}

impl FirstTaskPanic {
    pub(crate) fn new() -> Self {
        Self {
            came: AtomicBool::new(false),
            panic: Mutex::new(None),
            test: Mutex::new(None),
        }
    }

    /// The test that is woken when a task panics.
    pub(crate) fn set_test(&self, waker: &Waker) {
        *lock(&self.test) = Some(waker.clone());
    }

    /// A task panicked. The first counts.
    pub(crate) fn put(&self, panic: TaskPanic) {
        lock(&self.panic).get_or_insert(panic);
        self.came.store(true, Ordering::Release);
        self.wake_test();
    }

    pub(crate) fn wake_test(&self) {
        let test = lock(&self.test).clone();
        if let Some(waker) = test {
            waker.wake();
        }
    }

    /// The panic of a task, if there was one.
    pub(crate) fn take(&self) -> Option<TaskPanic> {
        if !self.came.load(Ordering::Acquire) {
            return None;
        }
        lock(&self.panic).take()
    }

    /// The run is over: lets go of the test and of the panic.
    pub(crate) fn release(&self) {
        let test = lock(&self.test).take();
        drop(test);
        let panic = lock(&self.panic).take();
        drop(panic);
    }
}
