use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::trace::clock::{ClockKind, RunClock};

/// How many records the logs of one run keep together, of 32 bytes each, beyond the few that each
/// of them keeps anyway.
pub(crate) const BUDGET: usize = 1 << 13;

/// What the logs of one run share: their clock, and how much they may keep.
#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) clock: RunClock,
    /// Whether to note what each segment was, and to archive the records that the logs drop.
    pub(crate) is_full: bool,
    /// Whether the test has asked for the seed: what it draws from that, nobody knows.
    seed_was_read: AtomicBool,
    /// How many records the logs may still keep beyond what each may anyway.
    budget: AtomicUsize,
}

impl Journal {
    pub(crate) fn new(clock: ClockKind, is_full: bool) -> Self {
        Self {
            clock: RunClock::new(clock),
            is_full,
            seed_was_read: AtomicBool::new(false),
            budget: AtomicUsize::new(BUDGET),
        }
    }

    pub(crate) fn read_seed(&self) {
        self.seed_was_read.store(true, Ordering::Relaxed);
    }

    pub(crate) fn seed_was_read(&self) -> bool {
        self.seed_was_read.load(Ordering::Relaxed)
    }

    /// By how many records a log may grow that asks for `wanted`.
    pub(crate) fn grant(&self, wanted: usize) -> usize {
        let take = |left: usize| Some(left - wanted.min(left));
        let left = self
            .budget
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        left.map_or(0, |left| wanted.min(left))
    }
}
