//! How the failure of a shard's task fails the test. Its panic is caught where the task is polled
//! (`network/tasks/adopted.rs`), its error is seen by `Mesh::run` (`mesh/lifecycle.rs`), and both are told
//! to the run (`run/run_state.rs`), which keeps the first here. That wakes the test, which ends in
//! `Guarded::failed_elsewhere` (`run/execute.rs`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use crate::run::failure::Failure;
use crate::sync::{Mutex, lock};

/// The first failure of a task that belongs to a shard, which fails the test.
pub(crate) struct FirstTaskFailure {
    /// Whether there is one, which may be still to be put.
    came: AtomicBool,
    failure: Mutex<Option<Failure>>,
    /// Wakes the test when there is one.
    test: Mutex<Option<Waker>>,
}

impl FirstTaskFailure {
    pub(crate) fn new() -> Self {
        Self {
            came: AtomicBool::new(false),
            failure: Mutex::new(None),
            test: Mutex::new(None),
        }
    }

    /// The test that is woken when a task fails.
    pub(crate) fn set_test(&self, waker: &Waker) {
        *lock(&self.test) = Some(waker.clone());
    }

    /// A task failed: how, if it is the first.
    pub(crate) fn put(&self, failure: impl FnOnce() -> Failure) {
        if self.came.swap(true, Ordering::AcqRel) {
            return;
        }
        let failure = failure();
        *lock(&self.failure) = Some(failure);
        self.wake_test();
    }

    pub(crate) fn wake_test(&self) {
        let test = lock(&self.test).clone();
        if let Some(waker) = test {
            waker.wake();
        }
    }

    /// Whether a task has failed.
    pub(crate) fn came(&self) -> bool {
        self.came.load(Ordering::Acquire)
    }

    /// The failure of a task, if there was one.
    pub(crate) fn take(&self) -> Option<Failure> {
        self.came().then(|| lock(&self.failure).take())?
    }

    /// The run is over: lets go of the test and of the failure.
    pub(crate) fn release(&self) {
        let test = lock(&self.test).take();
        drop(test);
        let failure = lock(&self.failure).take();
        drop(failure);
    }
}
