//! How a run failed, and what its meshes were like at that moment.

use std::any::Any;
use std::fmt;
use std::panic::Location;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::Episode;
use crate::decision::choice::Asked;
use crate::network::disk::DiskLoss;
use crate::network::episodes::told::ChaosTold;
use crate::network::links::fault_state::FaultState;
use crate::network::outlived::Outlived;
use crate::network::stats::Stats;
use crate::network::tasks::standstill::StandsStill;
use crate::network::tasks::task::Task;
use crate::network::waits::Waits;
use crate::ordered::sort_by;
use crate::run::properties::{Awaited, Broken, Polled};
use crate::run::stuck::Stuck;
use crate::trace::recording::Recording;

/// How one run of a test failed.
pub(crate) struct Failure {
    pub(crate) how: How,
    /// Where the panic was, where that is known: in a process that exists for this one run.
    pub(crate) place: Option<String>,
    /// How long the run took, on the wall clock.
    pub(crate) took: Duration,
    pub(crate) snapshot: Snapshot,
}

impl Failure {
    /// A panic outside of the test's own code: of something that it left to be dropped.
    pub(crate) fn outside(panic: Box<dyn Any + Send>) -> Self {
        Self {
            how: How::Panicked(panic),
            place: None,
            took: Duration::ZERO,
            snapshot: Snapshot::default(),
        }
    }
}

/// In which way a test failed.
pub(crate) enum How {
    /// The test itself panicked.
    Panicked(Box<dyn Any + Send>),
    /// A task that belongs to a shard panicked.
    TaskPanicked(ShardId, Box<dyn Any + Send>),
    /// A task that belongs to a shard, and is meant to succeed, returned this error.
    TaskReturned(Task, String),
    /// It did not finish within this time, on a paused clock or not.
    TimedOut(Duration, bool),
    /// It does what moves nothing, again and again at one moment of a paused clock.
    StandsStill(StandsStill),
    /// A property does not hold.
    NotHeld(NotHeld),
    /// A history of what clients were told has no order, or none was found: in words, and the line that
    /// made it.
    NoOrder(String, &'static Location<'static>),
    /// It asks for what cannot be.
    Mistaken(String),
    /// It returned a value that says so, and which has been reported.
    Returned(ExitCode),
    /// It passed, but something that it began went on for so long after that.
    Lingers(Duration),
    /// It goes on, and its time-out does not end it.
    Stuck(Stuck),
}

impl How {
    /// Whether nothing was printed when it came to this.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(
            self,
            Self::TaskReturned(..)
                | Self::TimedOut(..)
                | Self::Lingers(_)
                | Self::StandsStill(_)
                | Self::Mistaken(_)
                | Self::NotHeld(_)
                | Self::NoOrder(..)
        )
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(panic) => write!(f, "panicked: {}", message(&**panic)),
            Self::TaskPanicked(shard, panic) => {
                write!(f, "a task of shard {shard} panicked: {}", message(&**panic))
            }
            Self::TaskReturned(Task { shard, asked }, error) => write!(
                f,
                "a task of shard {shard}, spawned at {}:{}, returned an error: {error}",
                asked.file(),
                asked.line()
            ),
            Self::TimedOut(timeout, paused) => {
                let clock = if *paused { " of virtual time" } else { "" };
                write!(
                    f,
                    "did not finish within its time-out of {timeout:?}{clock}"
                )
            }
            Self::Lingers(patience) => write!(
                f,
                "passed, but a task or a thread of it still ran {patience:?} later: it may spin, or block, \
                 without ever waiting for the runtime"
            ),
            Self::Stuck(stuck) => f.write_str(&stuck.lines()),
            Self::StandsStill(told) => told.fmt(f),
            Self::NotHeld(told) => told.fmt(f),
            Self::NoOrder(told, asked) => write!(
                f,
                "has a history ({}:{}) {told}",
                asked.file(),
                asked.line()
            ),
            Self::Mistaken(what) => write!(f, "asks for {what}"),
            Self::Returned(_) => f.write_str("returned a value that says that it failed"),
        }
    }
}

/// A property that does not hold, and what was done since it did.
pub(crate) struct NotHeld {
    pub(crate) broken: Broken,
    pub(crate) polled: Polled,
    /// What happened since, and how much more.
    pub(crate) since: Vec<String>,
    pub(crate) more: usize,
}

impl fmt::Display for NotHeld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Broken {
            name, asked, panic, ..
        } = &self.broken;
        let (file, line) = (asked.file(), asked.line());
        write!(f, "does not hold: {name:?} ({file}:{line})")?;
        if let Some(panic) = panic {
            write!(f, ": {}", message(&**panic))?;
        }
        match self.polled {
            Polled::Task(Task { shard, asked }) => write!(
                f,
                "\nafter a poll of a task of shard {shard}, spawned at {}:{}",
                asked.file(),
                asked.line()
            )?,
            Polled::Body => f.write_str("\nafter a poll of the test's body")?,
            Polled::Nobody => {
                f.write_str("\nat or before this moment, at which no task can run")?;
            }
        }
        match self.since.len() {
            0 => f.write_str("; nothing happened in the mesh since it held")?,
            _ => f.write_str("; since it held:")?,
        }
        for event in &self.since {
            write!(f, "\n    {event}")?;
        }
        if self.more > 0 {
            write!(f, "\n    and {} more", self.more)?;
        }
        Ok(())
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a value that is no text")
}

/// What the meshes of a run were like.
#[derive(Default)]
pub(crate) struct Snapshot {
    /// On the clock of the test, in milliseconds.
    pub(crate) at: u64,
    /// Whether the test has asked for its seed.
    pub(crate) seed_was_read: bool,
    /// What was asked for by name, and how much more of it there was.
    pub(crate) asked: Vec<Asked>,
    pub(crate) asked_beyond: u64,
    /// For what somebody waits that is no segment and no room.
    pub(crate) awaited: Vec<Awaited>,
    /// When the test's body was polled last, where that is when it was woken: milliseconds.
    pub(crate) body_polled_at: Option<u64>,
    /// In the order in which they were made.
    pub(crate) meshes: Vec<MeshSnapshot>,
}

impl Snapshot {
    /// The first few of those that happened after so many events, in words, and how many more; on several
    /// threads none, as there events have no numbers.
    pub(crate) fn events_after(&self, events: u64, most: usize) -> (Vec<String>, usize) {
        let mut after = Vec::new();
        for mesh in &self.meshes {
            let recording = &mesh.recording;
            let records = recording.records().into_iter();
            let new = records.filter(|(record, _)| record.tick > events);
            after.extend(new.map(|(record, log)| (record.tick, recording.tell(&record, log))));
        }
        sort_by(&mut after, |(a, _), (b, _)| a.cmp(b));
        let more = after.len().saturating_sub(most);
        let told = after.into_iter().take(most).map(|(_, told)| told);
        (told.collect(), more)
    }

    /// The episodes of chaos that are decisions, of all meshes.
    pub(crate) fn episodes(&self) -> Vec<Episode> {
        let chaos = self.meshes.iter().filter_map(|mesh| mesh.chaos.as_ref());
        chaos.flat_map(|it| it.drawn.iter().cloned()).collect()
    }
}

/// What one mesh was like.
pub(crate) struct MeshSnapshot {
    pub(crate) recording: Recording,
    pub(crate) stats: Stats,
    pub(crate) waits: Waits,
    pub(crate) faults: Vec<Arc<FaultState>>,
    /// Crashes that found unsynced writes.
    pub(crate) disk_losses: Vec<DiskLoss>,
    pub(crate) outlived: Outlived,
    /// The name of the type of its payload.
    pub(crate) payload: &'static str,
    /// Chaos in it, where the test has asked for it.
    pub(crate) chaos: Option<ChaosTold>,
}
