use std::convert::Infallible;
use std::fmt::Debug;
use std::sync::Arc;

use crate::network::tasks::adopted::{Home, running_fell};
use crate::network::tasks::supervisor::Supervisor;
use crate::network::tasks::task::Task;

/// What a task that fails the test may return: see [`Mesh::run`](crate::Mesh::run) and
/// [`Mesh::host`](crate::Mesh::host).
///
/// It is `()`, `!`, [`Infallible`], or a [`Result`] whose error is `Debug`. No other type can be one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether a task has failed",
    label = "a node, and a task that is `run`, returns `()`, `!`, or a `Result` whose error is `Debug`",
    note = "`mesh.spawn` takes a task with any output"
)]
pub trait Outcome: sealed::Outcome {}

mod sealed {
    pub trait Outcome {
        /// What it says of its error, if it is one.
        fn error(self) -> Option<String>;
    }

    /// Names `!`, which stable Rust does not name but as what a function returns.
    pub trait Function {
        type Returns;
    }

    impl<R> Function for fn() -> R {
        type Returns = R;
    }
}

type Never = <fn() -> ! as sealed::Function>::Returns;

impl<O: sealed::Outcome> Outcome for O {}

impl sealed::Outcome for () {
    fn error(self) -> Option<String> {
        None
    }
}

impl sealed::Outcome for Never {
    fn error(self) -> Option<String> {
        self
    }
}

impl sealed::Outcome for Infallible {
    fn error(self) -> Option<String> {
        match self {}
    }
}

impl<T, E: Debug> sealed::Outcome for Result<T, E> {
    fn error(self) -> Option<String> {
        self.err().map(|error| format!("{error:?}"))
    }
}

/// The future of a task of the shard that is its home, whose error fails the test unless the shard may fail.
///
/// # Panics
///
/// If it fails where no run supervises the mesh.
pub(crate) async fn checked(
    future: impl Future<Output: Outcome>,
    task: Task,
    (home, supervisor): (Arc<dyn Home>, Option<Arc<dyn Supervisor>>),
) {
    let Some(error) = sealed::Outcome::error(future.await) else {
        return;
    };
    match supervisor {
        // A dead machine has no errors.
        _ if home.may_fail() || running_fell() => {}
        Some(supervisor) => supervisor.task_failed(task, error),
        None => panic!("a task of shard {} returned an error: {error}", task.shard),
    }
}
