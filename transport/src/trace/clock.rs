//! The clock of one run, in milliseconds and in events.

use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// 2000-01-01 00:00:00 UTC, at which the wall clock of every test begins.
pub(crate) const DAWN: Duration = Duration::from_secs(946_684_800);

/// Which threads run the test, and so which clock it can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockKind {
    /// One thread, on a clock that jumps ahead whenever no task can run.
    Paused,
    /// One thread, on the real clock.
    Real,
    /// Several threads, on the real clock; `None` for as many as tokio chooses.
    MultiThread(Option<NonZeroUsize>),
}

/// The clock of one run, which its meshes share.
#[derive(Debug)]
pub(crate) struct RunClock {
    kind: ClockKind,
    began: OnceLock<Instant>,
    /// Set when time may have moved since `millis` was read.
    stale: AtomicBool,
    millis: AtomicU64,
    /// How many events there were, where all happen on one thread.
    events: AtomicU64,
}

impl RunClock {
    pub(crate) fn new(kind: ClockKind) -> Self {
        Self {
            kind,
            began: OnceLock::new(),
            stale: AtomicBool::new(true),
            millis: AtomicU64::new(0),
            events: AtomicU64::new(0),
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.kind == ClockKind::Paused
    }

    #[inline]
    pub(crate) fn is_multi_thread(&self) -> bool {
        matches!(self.kind, ClockKind::MultiThread(_))
    }

    /// The moment at which the test began, which the first call fixes.
    pub(crate) fn began(&self) -> Instant {
        *self.began.get_or_init(Instant::now)
    }

    /// Milliseconds since the test began.
    ///
    /// A clock costs as much to read as a segment to send, so it is read only after a moment at
    /// which time may have moved. A paused clock moves only while no task can run, or by the
    /// test's own hand. On a real clock, an event is stamped as of the last time that a thread
    /// woke or a batch of segments was received.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        if self.stale.load(Ordering::Relaxed) {
            self.stale.store(false, Ordering::Relaxed);
            let millis = u64::try_from(self.began().elapsed().as_millis()).unwrap_or(u64::MAX);
            self.millis.store(millis, Ordering::Relaxed);
            return millis;
        }
        self.millis.load(Ordering::Relaxed)
    }

    /// Time may have moved.
    pub(crate) fn moved(&self) {
        // Looked at first, because all threads share it and most often it is set already.
        if !self.stale.load(Ordering::Relaxed) {
            self.stale.store(true, Ordering::Relaxed);
        }
    }

    /// A batch of segments is about to be received.
    #[inline]
    pub(crate) fn batch(&self) {
        if self.kind != ClockKind::Paused {
            self.moved();
        }
    }

    /// The logical time of an event at the shard with this `clock`, caused by one at `cause`.
    #[inline]
    pub(crate) fn tick(&self, clock: &AtomicU64, cause: u64) -> u64 {
        if self.is_multi_thread() {
            if cause > 0 {
                clock.fetch_max(cause, Ordering::Relaxed);
            }
            return clock.fetch_add(1, Ordering::Relaxed) + 1;
        }
        self.count()
    }

    /// The logical time of what happens in the network to a segment that was sent at `sent`.
    #[inline]
    pub(crate) fn tick_between(&self, sent: u64) -> u64 {
        if self.is_multi_thread() {
            return sent;
        }
        self.count()
    }

    /// How many events there were, where all happen on one thread; otherwise more than there can be.
    pub(crate) fn events(&self) -> u64 {
        if self.is_multi_thread() {
            return u64::MAX;
        }
        self.events.load(Ordering::Relaxed)
    }

    /// Counts one more event.
    #[inline]
    fn count(&self) -> u64 {
        // With all tasks on one thread, a step of two is atomic, and many times as fast.
        let events = self.events.load(Ordering::Relaxed) + 1;
        self.events.store(events, Ordering::Relaxed);
        events
    }
}
