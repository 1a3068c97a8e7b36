//! What chance did to a segment, as a value: recorded, fixed in a rerun, shrunk and printed.

use crate::contract::segment::Segment;

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
    pub(crate) segment: Segment,
    pub(crate) choice: Choice,
}

/// Decisions to be taken in place of drawing any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FixedDecisions {
    /// In order of mesh and segment, one for each at most.
    pub(crate) decisions: Vec<Decision>,
    /// Whether latencies are drawn all the same; otherwise each is the least of its range.
    pub(crate) jitter: bool,
}

impl FixedDecisions {
    pub(crate) fn choice(&self, mesh: usize, segment: Segment) -> Option<Choice> {
        let place = |it: &Decision| (it.mesh, it.segment);
        let found = self
            .decisions
            .binary_search_by_key(&(mesh, segment), place)
            .ok()?;
        Some(self.decisions[found].choice)
    }
}
