use std::convert::Infallible;
use std::fmt::Debug;

/// What a task that fails the test may return: see [`Mesh::run`](crate::Mesh::run).
///
/// It is `()`, `!`, [`Infallible`], or a [`Result`] whose error is `Debug`. No other type can be one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether a task has failed",
    label = "a task that is `run` returns `()`, `!`, or a `Result` whose error is `Debug`",
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

/// What an outcome says of its error, if it is one.
pub(crate) fn error(outcome: impl Outcome) -> Option<String> {
    sealed::Outcome::error(outcome)
}
