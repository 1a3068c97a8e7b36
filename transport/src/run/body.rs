use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, ThreadId};

/// Which thread polls the body of the test, and whether it does.
#[derive(Debug, Default)]
pub(crate) struct BodyThread {
    thread: OnceLock<ThreadId>,
    is_polled: AtomicBool,
    /// When it was polled last: milliseconds.
    polled_at: AtomicU64,
}

impl BodyThread {
    /// This thread is about to poll the body, at this time.
    pub(crate) fn begin(&self, now: u64) {
        self.polled_at.store(now, Ordering::Relaxed);
        self.thread.get_or_init(|| thread::current().id());
        self.is_polled.store(true, Ordering::Relaxed);
    }

    /// It has polled it.
    pub(crate) fn end(&self) {
        self.is_polled.store(false, Ordering::Relaxed);
    }

    pub(crate) fn polled_at(&self) -> u64 {
        self.polled_at.load(Ordering::Relaxed)
    }

    pub(crate) fn is_polled(&self) -> bool {
        self.is_polled.load(Ordering::Relaxed)
    }

    /// Whether the body panics, and this is part of its unwinding.
    pub(crate) fn is_unwinding(&self) -> bool {
        thread::panicking()
            && self.is_polled()
            && self.thread.get() == Some(&thread::current().id())
    }
}
