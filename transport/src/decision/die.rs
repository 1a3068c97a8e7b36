//! The mesh's random decisions.
//!
//! Each is a pure function of the seed and its own key: of a segment the link, its number on that link and
//! what is decided; of what is asked for by name the name, who asks, and for the how-manieth time. None is
//! drawn from a stream that others draw from. So one more link, task, name or fault shifts no decision
//! elsewhere, and a run repeats whatever the schedule.

use crate::contract::shard_id::ShardId;
use crate::decision::choice::Choice;

/// What a decision is about, so that two on one segment are independent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About {
    Loss = 1,
    Duplicate,
    Reorder,
    /// By how many later segments a reordered one is overtaken.
    Overtakers,
    Latency,
    /// The latency of a copy.
    CopyLatency,
}

/// One segment, as far as chance is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Die {
    state: u64,
    fixed: Option<Fixed>,
}

/// What is decided for a segment, in place of drawing it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixed {
    pub(crate) choice: Option<Choice>,
    /// Whether latencies are drawn all the same; otherwise each is the least of its range.
    pub(crate) jitter: bool,
}

/// One link in a run with one seed, as far as chance is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64, from: ShardId, to: ShardId) -> Self {
        let words = [from.0, to.0];
        Self(words.into_iter().fold(mix(seed), with))
    }

    /// What decides about the segment with this number.
    pub(crate) fn die(self, segment: u64) -> Die {
        Die {
            state: with(self.0, segment),
            fixed: None,
        }
    }
}

/// One decision that is asked for by name, as far as chance is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lot(u64);

/// What a state is mixed with at first, so that it decides neither about segments nor, by one of these
/// words, about what is of the other.
const ASKED: u64 = 0x6173_6b65_6421;
const OWN_SEED: u64 = 0x7365_6564_2121;
const CHAOS: u64 = 0x6368_616f_7321;

impl Lot {
    /// What is asked for by this name, by the tasks of a shard or else the test itself, for the `nth`
    /// time.
    pub(crate) fn asked(seed: u64, (name, by): (&str, Option<ShardId>), nth: u64) -> Self {
        let letters = name.bytes().map(u64::from);
        let by = [u64::from(by.is_some()), by.map_or(0, |shard| shard.0)];
        let words = [name.len() as u64].into_iter().chain(letters).chain(by);
        let state = with(mix(seed), ASKED);
        Self(words.chain([nth]).fold(state, with))
    }

    /// What is decided about chaos, by these words.
    pub(crate) fn chaos(seed: u64, words: [u64; 5]) -> Self {
        Self(words.into_iter().fold(with(mix(seed), CHAOS), with))
    }

    /// The seed of a shard's own generators.
    pub(crate) fn seed_of(seed: u64, shard: ShardId) -> u64 {
        with(with(mix(seed), OWN_SEED), shard.0)
    }

    /// A number from 0 to `most`, included.
    pub(crate) fn up_to(self, most: u128) -> u128 {
        let Some(span) = u64::try_from(most).ok().and_then(|it| it.checked_add(1)) else {
            let word = u128::from(mix(self.0)) << 64 | u128::from(mix(!self.0));
            return most.checked_add(1).map_or(word, |span| word % span);
        };
        u128::from(below(self.0, span))
    }

    /// A second draw for the same decision.
    pub(crate) fn another(self) -> Self {
        Self(mix(self.0))
    }

    /// True with this probability.
    pub(crate) fn hits(self, probability: f64) -> bool {
        fraction(self.0) < probability
    }
}

/// The upper 53 bits, as a number in 0..1: every one of them is exact in an `f64`.
#[allow(clippy::cast_precision_loss, reason = "see above")]
fn fraction(word: u64) -> f64 {
    (word >> 11) as f64 / (1u64 << 53) as f64
}

/// A number below `span`: Lemire, "Fast Random Integer Generation in an Interval" (2019), without the
/// rejection. The bias is below 2^-40 for any span of milliseconds that a test could wait.
#[allow(
    clippy::cast_possible_truncation,
    reason = "less than the span, which fits"
)]
fn below(word: u64, span: u64) -> u64 {
    ((u128::from(word) * u128::from(span)) >> 64) as u64
}

fn with(state: u64, word: u64) -> u64 {
    mix(state ^ mix(word))
}

impl Die {
    pub(crate) fn fix(&mut self, fixed: Fixed) {
        self.fixed = Some(fixed);
    }

    /// What was decided, where nothing is drawn.
    pub(crate) fn fixed(self) -> Option<Choice> {
        self.fixed?.choice
    }

    fn word(self, about: About) -> u64 {
        mix(self.state ^ about as u64)
    }

    /// By how many later segments it is overtaken, where it is.
    pub(crate) fn overtakers(self) -> u64 {
        match self.fixed() {
            Some(Choice::Reordered(overtakers)) => overtakers,
            _ => self.between(About::Overtakers, 1, 3),
        }
    }

    /// True with this probability.
    pub(crate) fn chance(self, about: About, probability: f64) -> bool {
        if let Some(fixed) = self.fixed {
            return match about {
                About::Loss => fixed.choice == Some(Choice::Lost),
                About::Duplicate => fixed.choice == Some(Choice::Duplicated),
                About::Reorder => matches!(fixed.choice, Some(Choice::Reordered(_))),
                About::Overtakers | About::Latency | About::CopyLatency => false,
            };
        }
        fraction(self.word(about)) < probability
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn between(self, about: About, least: u64, most: u64) -> u64 {
        match (self.fixed, about) {
            (Some(fixed), About::Latency | About::CopyLatency) if !fixed.jitter => return least,
            _ => {}
        }
        let word = self.word(about);
        match (most - least).checked_add(1) {
            Some(span) => least + below(word, span),
            None => word,
        }
    }
}

/// The output function of `SplitMix64` (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014), after a step of its generator.
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn die(seed: u64, from: u64, to: u64, segment: u64) -> Die {
        Chance::new(seed, ShardId(from), ShardId(to)).die(segment)
    }

    /// Hits among 100,000 segments, which are within five standard deviations of what is expected.
    fn hits(about: About, probability: f64, roll: impl Fn(u64) -> Die) {
        let segments = 100_000u32;
        let hits = (1..=u64::from(segments))
            .filter(|&segment| roll(segment).chance(about, probability))
            .count();
        let expected = f64::from(segments) * probability;
        let deviation = (expected * (1.0 - probability)).sqrt();
        #[allow(clippy::cast_precision_loss, reason = "at most 100,000")]
        let off = (hits as f64 - expected).abs();
        assert!(
            off <= 5.0 * deviation,
            "{hits} hits, expected {expected} ± {deviation}"
        );
    }

    #[test]
    fn each_rate_is_within_its_binomial_bound() {
        for probability in [0.0, 0.001, 0.01, 0.3, 0.5, 0.99, 1.0] {
            for about in [About::Loss, About::Duplicate, About::Reorder] {
                hits(about, probability, |segment| die(7, 0, 1, segment));
                hits(about, probability, |seed| die(seed, 0, 1, 1));
                hits(about, probability, |shard| die(7, shard, 1, 1));
            }
        }
    }

    #[test]
    fn decisions_on_one_segment_are_independent() {
        // Of the segments that are lost, the usual share would also have been duplicated.
        let lost = |segment: &u64| die(3, 0, 1, *segment).chance(About::Loss, 0.5);
        let lost: Vec<_> = (1..=200_000).filter(lost).take(50_000).collect();
        let both = lost
            .iter()
            .filter(|&&segment| die(3, 0, 1, segment).chance(About::Duplicate, 0.5))
            .count();
        assert!((24_400..25_600).contains(&both), "{both} of 50,000");
    }

    #[test]
    fn a_direction_has_its_own_decisions() {
        let word = |from, to| die(1, from, to, 1).word(About::Loss);
        assert_ne!(word(0, 1), word(1, 0));
        assert_ne!(word(0, 1), word(0, 2));
    }

    #[test]
    fn both_ends_of_a_range_are_met() {
        let values: std::collections::BTreeSet<_> = (0..1000)
            .map(|segment| die(1, 0, 1, segment).between(About::Latency, 3, 6))
            .collect();
        assert_eq!(values.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert_eq!(
            die(1, 0, 1, 1).between(About::Latency, 0, u64::MAX) >> 63,
            die(1, 0, 1, 1).word(About::Latency) >> 63
        );
    }
}
