//! Random decisions as values: recorded, fixed in a rerun, shrunk and printed.

use crate::contract::segment::Segment;
use crate::decision::chaos::episode::{Begins, Episode};
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

/// A decision of a run that was not the simplest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    OnSegment(OnSegment),
    Asked(Asked),
    /// An episode of chaos.
    Episode(Episode),
}

/// What chance did to one segment of one mesh of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OnSegment {
    pub(crate) mesh: usize,
    /// With its number in the run that this is a decision of.
    pub(crate) segment: Segment,
    pub(crate) choice: Choice,
    /// By what the segment is found in a rerun.
    pub(crate) found: Found,
    /// Its names, where all that was sent on its link is known.
    pub(crate) names: Option<Names>,
}

/// What came of a decision that was asked for by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// As it is told and pinned: `stop`, `stop of 2 #3`.
    pub(crate) name: String,
    /// Which of the choices it is, from 0.
    pub(crate) place: u128,
    pub(crate) told: Told,
}

/// What a choice is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// As it is pinned, as Rust: the value itself, or its place in a list.
    pub(crate) pin: String,
    /// The value, where that is not what is pinned.
    pub(crate) value: Option<String>,
}

impl Told {
    pub(crate) fn value(&self) -> &str {
        self.value.as_ref().unwrap_or(&self.pin)
    }
}

/// What a fixed decision has met in a rerun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// A segment with this number and, where segments are named, with these names.
    Segment(u64, Option<Names>),
    /// It was asked for, and this came of it.
    Asked(Asked),
    /// It has begun, as this.
    Episode(Episode),
}

impl Decision {
    /// The segment that it is about, and the mesh of that.
    pub(crate) fn segment(&self) -> Option<(usize, Segment)> {
        match self {
            Self::OnSegment(it) => Some((it.mesh, it.segment)),
            Self::Episode(Episode {
                mesh,
                begins: Begins::After(moment),
                ..
            }) => Some((*mesh, moment.segment()?)),
            Self::Episode(_) | Self::Asked(_) => None,
        }
    }

    /// The same in a run in which it has met this.
    pub(crate) fn met(self, met: Met) -> Self {
        match (self, met) {
            (Self::OnSegment(it), Met::Segment(number, names)) => {
                let segment = Segment {
                    number,
                    ..it.segment
                };
                let names = names.or(it.names);
                Self::OnSegment(OnSegment::new(it.mesh, segment, it.choice, names))
            }
            (Self::Asked(_), Met::Asked(asked)) => Self::Asked(asked),
            (Self::Episode(_), Met::Episode(episode)) => Self::Episode(episode),
            (other, _) => other,
        }
    }

    /// Whether it is what comes of it where nothing is decided.
    pub(crate) fn is_simplest(&self) -> bool {
        matches!(self, Self::Asked(it) if it.place == 0)
    }

    /// The same as it is printed: about the segment with the number that it has here, whatever that is.
    pub(crate) fn as_printed(&self) -> Self {
        match self {
            Self::OnSegment(it) => Self::OnSegment(OnSegment {
                found: Found::ByNumber(it.segment.number),
                ..*it
            }),
            Self::Asked(_) | Self::Episode(_) => self.clone(),
        }
    }

    /// The same about the segment that is found by less than its label, or at the time at which it began
    /// and not at what happened then; `None` where there is no such way. The number of a segment is none: in
    /// another run, another segment may well have it.
    pub(crate) fn by_less(&self) -> Option<Self> {
        match self {
            Self::OnSegment(it) => it.by_less().map(Self::OnSegment),
            Self::Asked(_) => None,
            Self::Episode(it) => it.by_time().map(Self::Episode),
        }
    }
}

impl OnSegment {
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

    fn by_less(self) -> Option<Self> {
        let (Found::Exactly(_), Some(names)) = (self.found, self.names) else {
            return None;
        };
        let found = Found::Loosely(names.loose);
        Some(Self { found, ..self })
    }
}

/// Decisions to be taken in place of drawing any. All others are the simplest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FixedDecisions {
    /// One for each segment, and for each name, at most.
    pub(crate) decisions: Vec<Decision>,
    /// Whether latencies are drawn all the same; otherwise each is the least of its range.
    pub(crate) jitter: bool,
}
