//! What chance did to a segment, as a value: recorded, fixed in a rerun, shrunk and printed.

use crate::contract::segment::Segment;
use crate::decision::names::{Found, Names};

/// What chance did to one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Lost,
    Duplicated,
    /// It may be overtaken by so many.
    Reordered(u64),
    /// It took so long: milliseconds.
    Delayed(u64),
}

/// What chance did to one segment of one mesh of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) mesh: usize,
    /// With its number in the run that this is a decision of.
    pub(crate) segment: Segment,
    pub(crate) choice: Choice,
    /// By what the segment is found in a rerun.
    pub(crate) found: Found,
    /// Its names, where all that was sent on its link is known.
    pub(crate) names: Option<Names>,
}

impl Decision {
    pub(crate) fn new(mesh: usize, segment: Segment, choice: Choice, names: Option<Names>) -> Self {
        let number = Found::ByNumber(segment.number);
        let found = names.map_or(number, |names| Found::Exactly(names.exact));
        Self {
            mesh,
            segment,
            choice,
            found,
            names,
        }
    }

    /// The same in a run in which its segment has this number.
    pub(crate) fn met(self, number: u64) -> Self {
        let segment = Segment {
            number,
            ..self.segment
        };
        Self { segment, ..self }
    }

    /// The same about the segment with the number that it has here, whatever that is.
    pub(crate) fn by_number(self) -> Self {
        Self {
            found: Found::ByNumber(self.segment.number),
            ..self
        }
    }

    /// The same about the segment that is found by less than its label; `None` where there is no such
    /// way. Its number is none: in another run, another segment may well have it.
    pub(crate) fn by_less(self) -> Option<Self> {
        let (Found::Exactly(_), Some(names)) = (self.found, self.names) else {
            return None;
        };
        let found = Found::Loosely(names.loose);
        Some(Self { found, ..self })
    }
}

/// Decisions to be taken in place of drawing any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FixedDecisions {
    /// One for each segment at most.
    pub(crate) decisions: Vec<Decision>,
    /// Whether latencies are drawn all the same; otherwise each is the least of its range.
    pub(crate) jitter: bool,
}
