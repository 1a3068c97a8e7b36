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

#[cfg(test)]
mod tests {
    use super::*;

    const SEEDS: u64 = 10_000;

    #[test]
    fn every_kind_and_every_pair_of_kinds_is_used_by_some_seeds_and_not_by_others() {
        let used = |seed| Draws::new(seed, 0).used(&Kind::ALL, true);
        let all: Vec<_> = (0..SEEDS).map(used).collect();
        let share = |which: &dyn Fn(&Vec<Kind>) -> bool| all.iter().filter(|it| which(it)).count();
        for kind in Kind::ALL {
            let times = share(&|it| it.contains(&kind));
            assert!((6800..7200).contains(&times), "{kind}: {times}");
            for other in Kind::ALL.into_iter().filter(|it| *it != kind) {
                let times = share(&|it| it.contains(&kind) && it.contains(&other));
                assert!((4600..5200).contains(&times), "{kind} and {other}: {times}");
            }
        }
        assert_eq!(share(&Vec::is_empty), 0);
        let alone = (0..SEEDS).map(|seed| Draws::new(seed, 0).used(&[Kind::Slow], true));
        assert!(
            alone.into_iter().all(|it| it == [Kind::Slow]),
            "one at least"
        );
        let all = Draws::new(7, 0).used(&Kind::ALL, false);
        assert_eq!(all, Kind::ALL, "without other seeds, all");
    }

    #[test]
    fn lengths_are_of_every_order_of_magnitude_and_most_seeds_have_one() {
        let mut magnitudes = [0; 4];
        let mut scales = 0;
        for seed in 0..SEEDS {
            let of_seed = Draws::new(seed, 0);
            let pace = of_seed.pace();
            scales += u64::from(matches!(pace, Pace::Scale(_)));
            let lengths = (1..=8).map(|episode| {
                let drawn = of_seed.episode(Kind::Crash, episode);
                drawn.length(pace, None, 10_000)
            });
            let lengths: Vec<_> = lengths.collect();
            let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
            if matches!(pace, Pace::Scale(_)) {
                assert!(*most <= least * 11 + 10, "{lengths:?}");
            }
            for length in lengths {
                let magnitude = length.ilog10().min(3);
                magnitudes[usize::try_from(magnitude).unwrap()] += 1;
            }
        }
        assert!((6800..7200).contains(&scales), "{scales} have one scale");
        for times in magnitudes {
            // Of 80,000, a fourth each, and the outermost a little less.
            assert!((15_000..25_000).contains(&times), "{magnitudes:?}");
        }
    }

    #[test]
    fn a_kind_more_and_another_mesh_change_no_draw() {
        for seed in 0..100 {
            let of_seed = Draws::new(seed, 0);
            let of_few = of_seed.used(&[Kind::Crash, Kind::Slow], true);
            let of_all = of_seed.used(&Kind::ALL, true);
            if of_few.len() == 2 {
                assert!(of_few.iter().all(|it| of_all.contains(it)));
            }
            let same = |mesh, kind, episode| {
                let drawn = Draws::new(seed, mesh).episode(kind, episode);
                drawn.gap(Pace::Any, None, 10_000)
            };
            let gap = same(0, Kind::Crash, 1);
            let others = [
                same(0, Kind::Slow, 1),
                same(0, Kind::Crash, 2),
                same(1, Kind::Crash, 1),
            ];
            assert!(
                others.iter().any(|other| *other != gap),
                "each is drawn for itself"
            );
        }
    }

    #[test]
    fn half_begin_as_something_happens_and_a_third_of_those_each_way() {
        let mut times = [0; 4];
        for seed in 0..SEEDS {
            let drawn = Draws::new(seed, 0).episode(Kind::Crash, 1);
            times[drawn.beginning() as usize] += 1;
        }
        let [at_once, sending, sent, receiving] = times;
        assert!((4800..5200).contains(&at_once), "{times:?}");
        for each in [sending, sent, receiving] {
            assert!((1500..1850).contains(&each), "{times:?}");
        }
    }

    #[test]
    fn a_crash_keeps_all_or_none_at_least_one_time_in_four_each() {
        let mut kept = [0; 11];
        for seed in 0..SEEDS {
            let drawn = Draws::new(seed, 0).episode(Kind::Crash, 1);
            kept[usize::try_from(drawn.keeps(10)).unwrap()] += 1;
        }
        assert!(kept[0] > 2500 && kept[10] > 2500, "{kept:?}");
        assert!(kept[1..10].iter().all(|it| *it > 300), "{kept:?}");
    }

    #[test]
    fn losses_latencies_and_clocks_are_within_their_limits() {
        let (mut low, mut high) = (0, 0);
        for seed in 0..SEEDS {
            let drawn = Draws::new(seed, 0).episode(Kind::Lossy, 1);
            let loss = drawn.loss();
            assert!((30..=1000).contains(&loss), "{loss}");
            low += u64::from(loss < 100);
            high += u64::from(loss > 500);
            let Latency { least, most } = drawn.latency(Pace::Any);
            assert!(
                least >= 1 && most <= 1500 && most > least,
                "{least} to {most}"
            );
            if let Wrong::Drifts(speed) = drawn.wrong(Pace::Any) {
                assert_ne!(speed, 1_000_000);
            }
        }
        assert!(low > 2500 && high > 1500, "{low} {high}");
    }
}
