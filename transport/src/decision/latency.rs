use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use crate::decision::die::{About, Die};
use crate::millis::millis;

/// How long a segment takes over a link: one time for all, or a range from which each segment has
/// its own, evenly spread.
///
/// Times are rounded up to whole milliseconds, which is the resolution of tokio's clock.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::Latency;
///
/// let ms = Duration::from_millis;
/// assert_eq!(Latency::from(ms(5)), Latency::from(ms(5)..=ms(5)));
/// assert_eq!(Latency::from(ms(1)..ms(20)), Latency::from(ms(1)..=ms(19)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// In milliseconds.
    pub(crate) least: u64,
    /// In milliseconds, included.
    pub(crate) most: u64,
}

impl Latency {
    /// How long one segment takes: milliseconds.
    pub(crate) fn draw(self, die: Die, about: About) -> u64 {
        die.between(about, self.least, self.most)
    }
}

impl From<Duration> for Latency {
    fn from(latency: Duration) -> Self {
        Self::from(latency..=latency)
    }
}

/// # Panics
///
/// If the range is empty.
impl From<Range<Duration>> for Latency {
    #[track_caller]
    fn from(range: Range<Duration>) -> Self {
        assert!(
            !range.is_empty(),
            "a latency from an empty range, {range:?}: give `least..most`"
        );
        let least = millis(range.start);
        Self {
            least,
            most: millis(range.end).saturating_sub(1).max(least),
        }
    }
}

/// # Panics
///
/// If the range is empty.
impl From<RangeInclusive<Duration>> for Latency {
    #[track_caller]
    fn from(range: RangeInclusive<Duration>) -> Self {
        assert!(
            !range.is_empty(),
            "a latency from an empty range, {range:?}: give `least..=most`"
        );
        Self {
            least: millis(*range.start()),
            most: millis(*range.end()),
        }
    }
}
