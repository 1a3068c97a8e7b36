//! The moments that matter in a run.

use crate::report::drawing::steps::{Change, Layout, Step, What};
use crate::trace::event::Loss;
use crate::trace::fault_info::Verb;
use crate::trace::timeline::Timeline;

/// How much a step matters: the first most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// A decision without which the test does not fail.
    Decided,
    /// A crash, a cut, and the end of one.
    Turn,
    /// What somebody noted.
    Noted,
    /// What chance did, where it is not known whether the test needs it; a send that was refused.
    Chance,
}

impl Layout {
    /// The steps that matter, in order.
    pub(super) fn matters(&self, timeline: &Timeline) -> Vec<(usize, Weight)> {
        let steps = self.steps.iter().enumerate();
        let weighed = steps.filter_map(|(step, it)| Some((step, self.weight(timeline, it)?)));
        weighed.collect()
    }

    fn weight(&self, timeline: &Timeline, step: &Step) -> Option<Weight> {
        match &step.what {
            What::Shards(Change::Dropped, _) => None,
            What::Shards(..) => Some(Weight::Turn),
            What::Began(fault) | What::Ended(fault) => {
                let turns = matches!(fault.verb, Verb::Cut | Verb::Hold);
                (turns || fault.by_chaos.is_some()).then_some(Weight::Turn)
            }
            What::Noted(..) => Some(Weight::Noted),
            What::Refused(..) => Some(Weight::Chance),
            What::Sent(flights) => {
                let flight = &self.flights[*flights.first()?];
                if !timeline.decided.is_empty() {
                    let decided = timeline.decided.contains(&flight.segment);
                    return decided.then_some(Weight::Decided);
                }
                let lost = matches!(flight.lost, Some((_, Loss::Chance | Loss::Rule)));
                (lost || flights.len() > 1).then_some(Weight::Chance)
            }
            What::Arrived(flight) | What::Lost(flight) | What::Received(flight) => {
                let segment = self.flights[*flight].segment;
                timeline
                    .decided
                    .contains(&segment)
                    .then_some(Weight::Decided)
            }
        }
    }
}
