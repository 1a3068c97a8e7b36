//! What the test itself and each task of a shard is doing, for a look from another thread.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use crate::network::tasks::task::Task;

/// What the test itself, or one task of a shard, is doing. Each is polled by one thread at a time, so a
/// step of two is atomic.
#[derive(Debug)]
pub(crate) struct Activity {
    /// `None` for the test's own body.
    task: Option<Task>,
    doing: AtomicU8,
    polls: AtomicU64,
    /// How many polls there were when it was looked at last, and at how many looks in a row it was in
    /// that same poll.
    seen: AtomicU64,
    looks: AtomicU32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Nothing,
    /// It is being polled.
    Polled,
    /// What it owns is being dropped.
    Dropped,
}

/// What it did since it was looked at before, if it did anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Did {
    pub(crate) task: Option<Task>,
    pub(crate) doing: Doing,
    /// How often it was polled since.
    pub(crate) polls: u64,
    /// For how many looks it has been in one poll, or one drop.
    pub(crate) looks: u32,
}

impl Activity {
    pub(crate) fn new(task: Option<Task>) -> Self {
        Self {
            task,
            doing: AtomicU8::new(Doing::Nothing as u8),
            polls: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            looks: AtomicU32::new(0),
        }
    }

    /// It does this for as long as the result lives.
    #[inline]
    pub(crate) fn does(&self, doing: Doing) -> Does<'_> {
        let polls = self.polls.load(Ordering::Relaxed) + 1;
        self.polls.store(polls, Ordering::Relaxed);
        self.doing.store(doing as u8, Ordering::Relaxed);
        Does(self)
    }

    /// Looks at it; one thread does that, from time to time.
    pub(crate) fn look(&self) -> Option<Did> {
        let doing = match self.doing.load(Ordering::Relaxed) {
            1 => Doing::Polled,
            2 => Doing::Dropped,
            _ => Doing::Nothing,
        };
        let polls = self.polls.load(Ordering::Relaxed);
        let polls = polls - self.seen.swap(polls, Ordering::Relaxed);
        let same = polls == 0 && doing != Doing::Nothing;
        let looks = if same {
            self.looks.load(Ordering::Relaxed).saturating_add(1)
        } else {
            0
        };
        self.looks.store(looks, Ordering::Relaxed);
        (polls > 0 || same).then_some(Did {
            task: self.task,
            doing,
            polls,
            looks,
        })
    }
}

/// While it lives, an activity goes on.
pub(crate) struct Does<'a>(&'a Activity);

impl Drop for Does<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.doing.store(Doing::Nothing as u8, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_tells_one_long_poll_from_many() {
        let body = Activity::new(None);
        assert!(body.look().is_none(), "it has done nothing");
        for _ in 0..3 {
            drop(body.does(Doing::Polled));
        }
        let polled = body.look().unwrap();
        assert_eq!((polled.polls, polled.looks), (3, 0));
        assert!(body.look().is_none(), "it waits");
        let long = body.does(Doing::Polled);
        assert_eq!(body.look().unwrap().looks, 0);
        for looks in 1..4 {
            let polled = body.look().unwrap();
            assert_eq!((polled.polls, polled.looks), (0, looks));
            assert_eq!(polled.doing, Doing::Polled);
        }
        drop(long);
        assert!(body.look().is_none(), "it waits");
    }
}
