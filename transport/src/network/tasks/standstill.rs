//! Operations that move nothing, on a clock that moves only when every task waits. A loop of them goes on
//! for ever at one moment, and a time-out around it never fires.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::contract::shard_id::ShardId;
use crate::network::tasks::task::{Task, running};
use crate::sync::{Mutex, lock};
use crate::trace::clock::RunClock;

/// So many within one millisecond, with no segment received in between, fail the test.
const LIMIT: u64 = 1_000_000;

/// How many of the last ones are looked at, to tell of them.
const LAST: u64 = 1_000;

/// How many different ones are told of.
const TOLD: usize = 8;

/// What an operation that moved nothing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Futile {
    Swallowed((ShardId, ShardId)),
    Closed((ShardId, ShardId)),
    UnknownPeer((ShardId, ShardId)),
    Full((ShardId, ShardId)),
    /// No link was open, and nothing on its way.
    End(ShardId),
    Empty(ShardId),
}

impl fmt::Display for Futile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Swallowed((from, to)) => write!(f, "sent {from} -> {to}, which lost it"),
            Self::Closed((from, to)) => write!(f, "sent {from} -> {to}, which answered `Closed`"),
            Self::UnknownPeer((from, to)) => {
                write!(f, "sent {from} -> {to}, which answered `UnknownPeer`")
            }
            Self::Full((from, to)) => write!(f, "tried to send {from} -> {to}, which was full"),
            Self::End(at) => write!(f, "received at {at}, where no link is open: `None`"),
            Self::Empty(at) => write!(f, "tried to receive at {at}, where nothing was"),
        }
    }
}

/// One of them, and the task of a shard that did it.
type Done = (Option<Task>, Futile);

/// Counts them, in all meshes of one run.
#[derive(Debug)]
pub(crate) struct Standstill {
    /// The moment at which they are counted, in milliseconds, and how many there were.
    at: AtomicU64,
    count: AtomicU64,
    /// The last of them, each once.
    last: Mutex<Vec<Done>>,
}

/// What is to be done about the last of them.
pub(crate) enum Limit {
    Kept,
    /// The run is to be told, and ends when it is polled next.
    Reached(StandsStill),
    /// It was told long ago, and is not polled: the loop is within one poll.
    Passed(StandsStill),
}

/// What a run did that stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StandsStill(Vec<String>);

impl Standstill {
    pub(crate) fn new() -> Self {
        Self {
            at: AtomicU64::new(0),
            count: AtomicU64::new(0),
            last: Mutex::new(Vec::new()),
        }
    }

    /// A segment was received.
    #[inline]
    pub(crate) fn received(&self) {
        if self.count.load(Ordering::Relaxed) > 0 {
            self.count.store(0, Ordering::Relaxed);
        }
    }

    /// Counts one.
    pub(crate) fn count(&self, clock: &RunClock, what: Futile) -> Limit {
        let at = clock.now();
        if self.at.swap(at, Ordering::Relaxed) != at {
            self.count.store(0, Ordering::Relaxed);
        }
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if count <= LIMIT - LAST {
            return Limit::Kept;
        }
        let mut last = lock(&self.last);
        if count == LIMIT - LAST + 1 {
            last.clear();
        }
        let done = (running(), what);
        if last.len() < TOLD && !last.iter().any(|known| same(known, &done)) {
            last.push(done);
        }
        if count % LIMIT > 0 {
            return Limit::Kept;
        }
        // The test may have moved the clock, which is not read each time.
        clock.moved();
        if clock.now() != at {
            self.count.store(0, Ordering::Relaxed);
            return Limit::Kept;
        }
        let told = StandsStill(last.iter().map(tell).collect());
        if count == LIMIT {
            Limit::Reached(told)
        } else {
            Limit::Passed(told)
        }
    }
}

fn same((a, did): &Done, (b, does): &Done) -> bool {
    let place = |task: &Option<Task>| task.map(|task| (task.shard, task.asked));
    (place(a), did) == (place(b), does)
}

fn tell((task, did): &Done) -> String {
    match task {
        Some(Task { shard, asked }) => format!(
            "a task of shard {shard}, spawned at {}:{}, {did}",
            asked.file(),
            asked.line()
        ),
        None => format!("the test, or a task of its own, {did}"),
    }
}

impl fmt::Display for StandsStill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "stands still: a million operations of the mesh within one millisecond moved nothing, and no \
             segment was received between them. A paused clock moves only when every task waits"
        )?;
        self.0.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}
