use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

/// Code of the test that is called piece by piece, of which each is called though another panics.
/// The first panic goes on when all is done.
#[derive(Default)]
#[must_use]
pub(crate) struct FirstPanic(Option<Box<dyn Any + Send>>);

impl FirstPanic {
    /// Calls one piece. After a panic nothing of it is used again, so nothing broken can be seen.
    pub(crate) fn catch(&mut self, piece: impl FnOnce()) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(piece)) {
            self.0.get_or_insert(panic);
        }
    }

    /// Lets the first panic go on, but not into another one, which would end the process.
    pub(crate) fn go_on(self) {
        match self.0 {
            Some(panic) if !thread::panicking() => resume_unwind(panic),
            _ => {}
        }
    }
}
