//! Numbers that a test measures, one for each name.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Measured {
    Whole(i128),
    Float(f64),
    Time(Duration),
}

/// All of one mesh: of those of one name, the last.
pub(crate) type AllMeasured = BTreeMap<String, Measured>;

impl Measured {
    /// By size; of several kinds, one kind after the other.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(other),
            (Self::Float(one), Self::Float(other)) => one.total_cmp(other),
            (Self::Time(one), Self::Time(other)) => one.cmp(other),
            (Self::Whole(_), _) | (Self::Float(_), Self::Time(_)) => Ordering::Less,
            (Self::Float(_) | Self::Time(_), _) => Ordering::Greater,
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Time(time) => fmt::Debug::fmt(time, f),
        }
    }
}
