//! What a crash loses, beyond what waits to be received.

use crate::decision::chaos::draws::Drawn;

/// What becomes of what a shard has sent and written when it crashes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Losses {
    /// A crash by the test: what is in flight is lost, and how many unsynced writes are is a decision
    /// that goes by the disk and the crash.
    ByTest,
    ByEpisode {
        /// How many unsynced writes each disk keeps; all where this is `None`.
        keeping: Option<u64>,
        in_flight_arrives: bool,
    },
}

/// How many unsynced writes the disks keep in an episode.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keeping {
    Told(Option<u64>),
    Drawn(Drawn),
}

impl Keeping {
    /// Where each disk has so many unsynced writes at most.
    pub(crate) fn of(self, unsynced: u64) -> Option<u64> {
        match self {
            Self::Told(kept) => kept,
            Self::Drawn(drawn) => Some(drawn.keeps(unsynced)).filter(|kept| *kept < unsynced),
        }
    }
}
