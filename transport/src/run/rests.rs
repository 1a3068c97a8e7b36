use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How often the one thread of a test has waited, and whether it does.
#[derive(Debug, Default)]
pub(crate) struct Rests {
    count: AtomicU64,
    parked: AtomicBool,
}

impl Rests {
    /// The thread is about to wait.
    pub(crate) fn begin(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.parked.store(true, Ordering::Relaxed);
    }

    /// It goes on.
    pub(crate) fn end(&self) {
        self.parked.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_resting(&self) -> bool {
        self.parked.load(Ordering::Relaxed)
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}
