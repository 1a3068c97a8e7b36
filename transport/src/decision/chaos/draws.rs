//! What the seed decides about chaos before anybody is chosen: its pace, its kinds, and of each episode
//! when, how long and how.
//!
//! The numbers were found by experiment, on planted bugs in small replicated systems whose time-outs go
//! from 5 ms to 10 s. That a seed uses some kinds of faults and not others is swarm testing (Groce and
//! others, "Swarm Testing", 2012).

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::Wrong;
use crate::decision::chaos::kind::Kind;
use crate::decision::chaos::log_uniform::{DECADE, Place, number, place};
use crate::decision::die::Lot;
use crate::decision::latency::Latency;

/// Each kind has so many episodes in a run at most: without an end, a pace of a millisecond would have
/// ten thousands.
pub(crate) const MOST_EPISODES: u64 = 60;

/// How chaos goes in a run, whatever the test asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ChaosOfRun {
    /// The time-out of the test: milliseconds.
    pub(crate) timeout: u64,
    /// Whether each seed uses some kinds and not others.
    pub(crate) swarm: bool,
}

impl ChaosOfRun {
    /// No gap and no episode is longer.
    pub(crate) fn longest(self) -> u64 {
        (self.timeout / 10).max(1)
    }

    /// No episode begins later, so that the test has time to recover.
    pub(crate) fn last(self) -> u64 {
        self.timeout / 2
    }
}

#[derive(Clone, Copy, Debug)]
enum About {
    HasScale = 1,
    Scale,
    Used,
    Gap,
    Length,
    AtMoment,
    Aimed,
    WithClients,
    Isolates,
    Shape,
    Rank,
    PowerCut,
    Further,
    Arrives,
    Keeps,
    Latency,
    Loss,
    Clock,
    ClockBy,
}

/// How long gaps and episodes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Within half a decade of this one time.
    Scale(Place),
    /// Anything from a millisecond to ten seconds.
    Any,
}

/// The longest of them: 10 s.
const LONGEST: Place = 4 * DECADE;

impl Pace {
    fn time(self, lot: Lot) -> u64 {
        let (least, most) = match self {
            Self::Scale(scale) => (scale.saturating_sub(DECADE / 2), scale + DECADE / 2),
            Self::Any => (0, LONGEST),
        };
        number(place(lot, least, most))
    }
}

/// What is at hand when an episode begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// As its time comes.
    AtOnce,
    /// Just before its shard sends a segment.
    Sending,
    /// Just after that.
    Sent,
    /// Just before its shard receives one.
    Receiving,
}

/// All that is drawn in one mesh of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draws {
    seed: u64,
    mesh: u64,
}

impl Draws {
    pub(crate) fn new(seed: u64, mesh: usize) -> Self {
        let mesh = mesh as u64;
        Self { seed, mesh }
    }

    fn lot(self, about: About, [kind, episode, extra]: [u64; 3]) -> Lot {
        Lot::chaos(self.seed, [self.mesh, about as u64, kind, episode, extra])
    }

    /// Seven seeds in ten have one scale of time, which nobody but the author of a system knows.
    pub(crate) fn pace(self) -> Pace {
        if self.lot(About::HasScale, [0; 3]).hits(0.7) {
            Pace::Scale(place(self.lot(About::Scale, [0; 3]), 0, LONGEST))
        } else {
            Pace::Any
        }
    }

    /// Which of these kinds the seed uses: where it is a `swarm` of seeds, each with a probability of
    /// 0.7, and one at least.
    pub(crate) fn used(self, kinds: &[Kind], swarm: bool) -> Vec<Kind> {
        const WHOLE: u128 = 1 << 32;
        let level = |kind: Kind| self.lot(About::Used, [kind as u64, 0, 0]).up_to(WHOLE);
        let nearest = kinds.iter().copied().min_by_key(|kind| level(*kind));
        let used = |kind: Kind| !swarm || level(kind) < WHOLE / 10 * 7 || Some(kind) == nearest;
        kinds.iter().copied().filter(|kind| used(*kind)).collect()
    }

    /// The episode of a kind with this number, from 1.
    pub(crate) fn episode(self, kind: Kind, episode: u64) -> Drawn {
        Drawn {
            draws: self,
            kind,
            episode,
        }
    }
}

/// What is drawn about one episode.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    draws: Draws,
    pub(crate) kind: Kind,
    episode: u64,
}

impl Drawn {
    fn lot(self, about: About, extra: u64) -> Lot {
        self.draws
            .lot(about, [self.kind as u64, self.episode, extra])
    }

    /// How long after the one before it, or after chaos began: milliseconds, `most` at the most.
    pub(crate) fn gap(self, pace: Pace, every: Option<Latency>, most: u64) -> u64 {
        time(self.lot(About::Gap, 0), pace, every, most)
    }

    /// How long it lasts, likewise.
    pub(crate) fn length(self, pace: Pace, lasting: Option<Latency>, most: u64) -> u64 {
        time(self.lot(About::Length, 0), pace, lasting, most)
    }

    /// Half of them begin as something happens: there are bugs that only a crash between two steps
    /// of a node shows.
    pub(crate) fn beginning(self) -> Beginning {
        match self.lot(About::AtMoment, 0).up_to(5) {
            0 => Beginning::Sending,
            1 => Beginning::Sent,
            2 => Beginning::Receiving,
            _ => Beginning::AtOnce,
        }
    }

    pub(crate) fn is_aimed(self) -> bool {
        self.lot(About::Aimed, 0).hits(0.5)
    }

    /// Whether it takes in the links of clients.
    pub(crate) fn takes_in_clients(self) -> bool {
        self.lot(About::WithClients, 0).hits(0.2)
    }

    /// Whether a partition takes one shard from all others.
    pub(crate) fn isolates(self) -> bool {
        self.lot(About::Isolates, 0).hits(0.5)
    }

    /// Which of so many shapes it has, from 0.
    pub(crate) fn shape(self, shapes: u128) -> u128 {
        self.lot(About::Shape, 0).up_to(shapes - 1)
    }

    /// A number for each shard, the least of which is chosen: one shard more leaves those of the
    /// others.
    pub(crate) fn rank(self, shard: ShardId) -> u128 {
        self.lot(About::Rank, shard.0).up_to(u128::MAX)
    }

    /// The same for each link.
    pub(crate) fn rank_of_link(self, (from, to): (ShardId, ShardId)) -> u128 {
        self.rank(from) ^ self.rank(to).rotate_left(64)
    }

    /// Whether a crash is one of all that are there.
    pub(crate) fn is_power_cut(self) -> bool {
        self.lot(About::PowerCut, 0).hits(0.15)
    }

    /// Whether a crash takes a further shard, after so many.
    pub(crate) fn takes_further(self, shards: usize) -> bool {
        self.lot(About::Further, shards as u64).hits(0.2)
    }

    /// Whether what a crashed shard has sent arrives.
    pub(crate) fn in_flight_arrives(self) -> bool {
        self.lot(About::Arrives, 0).hits(0.5)
    }

    /// How many of so many unsynced writes a crash keeps: all or none each at least one time in four.
    pub(crate) fn keeps(self, unsynced: u64) -> u64 {
        let lot = self.lot(About::Keeps, 0);
        match lot.up_to(3) {
            0 => 0,
            1 => unsynced,
            _ => u64::try_from(lot.another().up_to(unsynced.into())).unwrap_or(unsynced),
        }
    }

    /// How long segments take: from 0.5 to 1.5 of a time between 2 ms and 1 s.
    pub(crate) fn latency(self, pace: Pace) -> Latency {
        let middle = pace.time(self.lot(About::Latency, 0)).clamp(2, 1000);
        Latency {
            least: middle / 2,
            most: middle + middle / 2,
        }
    }

    /// With which probability segments are lost, in thousandths: from 0.03 to 1.
    pub(crate) fn loss(self) -> u64 {
        // A thirtieth is nearly one and a half decades below one.
        let least = DECADE / 100 * 148;
        number(place(self.lot(About::Loss, 0), least, 3 * DECADE)).clamp(30, 1000)
    }

    /// What becomes of a clock: it jumps as far as the pace has it, or drifts.
    pub(crate) fn wrong(self, pace: Pace) -> Wrong {
        const MILLI: u64 = 1_000_000;
        const SPEEDS: [u64; 6] = [500_000, 900_000, 990_000, 1_010_000, 1_100_000, 2_000_000];
        let by = self.lot(About::ClockBy, 0);
        let jump = pace.time(by) * MILLI;
        match self.lot(About::Clock, 0).up_to(3) {
            0 => Wrong::Ahead(jump),
            1 => Wrong::Behind(jump),
            _ => {
                let index = usize::try_from(by.up_to(5)).unwrap_or_default();
                Wrong::Drifts(SPEEDS[index])
            }
        }
    }
}

fn time(lot: Lot, pace: Pace, told: Option<Latency>, most: u64) -> u64 {
    match told {
        Some(Latency { least, most }) => {
            let span = u128::from(most - least);
            least + u64::try_from(lot.up_to(span)).unwrap_or_default()
        }
        None => pace.time(lot).min(most),
    }
}
