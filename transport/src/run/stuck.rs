//! A run that does not come to its end by itself, and what holds it up.

use std::fmt;
use std::time::Duration;

use crate::network::tasks::activity::{Did, Doing};
use crate::network::tasks::task::Task;

/// How many of those who are busy are told of.
const TOLD: usize = 12;

/// A run that does not come to its end by itself.
#[derive(Clone, Debug)]
pub(crate) struct Stuck {
    pub(crate) why: Why,
    /// How long that has gone on, in real time.
    pub(crate) lasts: Duration,
    pub(crate) held_up: HeldUp,
    /// After how long the process is ended, unless it never is.
    pub(crate) end: Option<Duration>,
}

/// Why the time-out of a run does not end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its paused clock stands still.
    NoTime,
    /// The time-out has passed on its real clock, and nobody was left to see that.
    Overdue(Duration),
    /// One poll goes on and on, on a real clock, and the time-out may end that yet.
    OnePoll,
    /// The test is over, and what it left behind is not.
    Over,
}

/// What holds a run up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeldUp {
    /// Those that were polled, or dropped, since the last look but one.
    Busy(Vec<Busy>),
    /// No task can run, and yet the clock does not move.
    Blocking,
    /// Neither the test's own body nor a task of a shard is polled.
    Elsewhere,
    /// What the test itself owns is being dropped.
    BodyDropped,
    /// The runtime is being dropped.
    RuntimeDropped,
}

/// The test's own body, or a task of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Busy {
    who: Who,
    doing: Doing,
    /// How often it was polled, within how long.
    polls: (u64, Duration),
    /// How long one poll has lasted.
    lasts: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Body,
    /// A task of a shard: what it is called.
    Task(String),
}

impl Busy {
    /// What one did at the last look, `every` so long.
    pub(crate) fn new(did: &Did, every: Duration) -> Self {
        Self {
            who: did.task.map_or(Who::Body, |task| Who::Task(called(task))),
            doing: did.doing,
            polls: (did.polls, every),
            lasts: every * did.looks,
        }
    }
}

fn called(Task { shard, asked }: Task) -> String {
    let (file, line) = (asked.file(), asked.line());
    format!("a task of shard {shard}, spawned at {file}:{line},")
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.who {
            Who::Body => f.write_str("the test's own body")?,
            Who::Task(called) => f.write_str(called)?,
        }
        let Self { polls, lasts, .. } = self;
        match (self.doing, polls) {
            (Doing::Dropped, (0, _)) => {
                write!(
                    f,
                    " is being dropped: a destructor has lasted for {lasts:?}"
                )
            }
            (_, (0, _)) => write!(
                f,
                " is being polled: one poll has lasted for {lasts:?}, as it blocks its thread, or loops \
                 without waiting"
            ),
            (_, (1, every)) => write!(f, " was polled once within {every:?}"),
            (_, (times, every)) => write!(f, " was polled {times} times within {every:?}"),
        }
    }
}

impl fmt::Display for HeldUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(busy) => {
                let lines = busy.iter().take(TOLD).map(Busy::to_string);
                f.write_str(&lines.collect::<Vec<_>>().join("\n"))?;
                match busy.len().checked_sub(TOLD + 1) {
                    None => Ok(()),
                    Some(more) => write!(f, "\nand {} more tasks", more + 1),
                }
            }
            Self::Blocking => f.write_str(
                "no task can run, and blocking work holds the clock, as a paused clock stands still while \
                 `spawn_blocking` or `tokio::fs` is busy",
            ),
            Self::Elsewhere => f.write_str(
                "neither the test's own body nor a task of a shard is being polled: a task of \
                 `tokio::spawn` blocks its thread, or goes on without waiting",
            ),
            Self::BodyDropped => f.write_str("a destructor of what the test owns does not end"),
            Self::RuntimeDropped => f.write_str(
                "its runtime waits for blocking work (`spawn_blocking`), or for the destructor of a task",
            ),
        }
    }
}

/// In a sentence, without what holds the run up.
impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lasts = self.lasts;
        match self.why {
            Why::NoTime => write!(
                f,
                "has let no time pass on its clock for {lasts:?} of real time"
            ),
            Why::Overdue(timeout) => write!(
                f,
                "has not ended at its time-out of {timeout:?}, and {lasts:?} later no thread has looked at \
                 that time-out"
            ),
            Why::OnePoll => write!(f, "has been in one poll for {lasts:?}"),
            Why::Over => write!(f, "is over, and {lasts:?} later what it left behind is not"),
        }
    }
}

impl Stuck {
    /// All that is to be said while it goes on.
    pub(crate) fn lines(&self) -> String {
        let end = match (self.end, self.why) {
            (_, Why::OnePoll) => String::new(),
            (Some(end), _) => {
                format!("\nthe process is ended after {end:?} of that, see SHARD_MESH_SPIN")
            }
            (None, _) => "\nnobody ends it, as SHARD_MESH_SPIN says".to_owned(),
        };
        format!("{self}, and goes on\n{}{end}", self.held_up)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;
    use crate::contract::shard_id::ShardId;

    #[test]
    fn who_is_busy_is_told_in_full_up_to_a_limit() {
        let did = Did {
            task: Some(Task {
                shard: ShardId(7),
                asked: Location::caller(),
            }),
            doing: Doing::Polled,
            polls: 3,
            looks: 0,
        };
        let busy = vec![Busy::new(&did, Duration::from_secs(1)); TOLD + 2];
        let told = HeldUp::Busy(busy).to_string();
        let one = format!(
            "a task of shard 7, spawned at {}:",
            Location::caller().file()
        );
        assert_eq!(told.matches(&one).count(), TOLD, "{told}");
        assert!(told.contains(", was polled 3 times within 1s"), "{told}");
        assert!(told.ends_with("and 2 more tasks"), "{told}");
    }
}
