//! Finds the segments that fixed decisions are about, in a rerun.

use std::collections::HashMap;

use crate::contract::segment::Segment;
use crate::decision::choice::{Choice, FixedDecisions};
use crate::decision::die::Fixed;
use crate::decision::names::{Found, Link, Namer, Names};
use crate::sync::{Mutex, lock};

#[derive(Debug)]
pub(crate) struct Matcher {
    fixed: FixedDecisions,
    /// Where each is among the decisions.
    places: HashMap<(Link, Found), usize>,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    namer: Namer,
    /// The number of the segment that each decision has met.
    met: Vec<Option<u64>>,
}

impl Matcher {
    pub(crate) fn new(fixed: FixedDecisions) -> Self {
        let places = fixed.decisions.iter().enumerate();
        let places = places.map(|(place, it)| {
            let link = (it.mesh, it.segment.from, it.segment.to);
            ((link, it.found), place)
        });
        Self {
            places: places.collect(),
            seen: Mutex::new(Seen {
                namer: Namer::default(),
                met: vec![None; fixed.decisions.len()],
            }),
            fixed,
        }
    }

    pub(crate) fn fixed(&self) -> &FixedDecisions {
        &self.fixed
    }

    /// Whether some segments are found by what they are.
    pub(crate) fn wants_labels(&self) -> bool {
        let mut decisions = self.fixed.decisions.iter();
        decisions.any(|it| !matches!(it.found, Found::ByNumber(_)))
    }

    /// Names a segment that is being sent.
    pub(crate) fn name(&self, link: Link, label: &str) -> Names {
        lock(&self.seen).namer.name(link, label)
    }

    /// What is fixed for a segment, which thereby meets its decision.
    pub(crate) fn meet(&self, mesh: usize, segment: Segment, names: Option<Names>) -> Fixed {
        let link = (mesh, segment.from, segment.to);
        let found = names.map(|it| [Found::Exactly(it.exact), Found::Loosely(it.loose)]);
        let found = found.into_iter().flatten();
        let mut found = found.chain([Found::ByNumber(segment.number)]);
        let place = found.find_map(|found| self.places.get(&(link, found)).copied());
        Fixed {
            choice: place.map(|place| self.choose(place, segment.number)),
            jitter: self.fixed.jitter,
        }
    }

    fn choose(&self, place: usize, number: u64) -> Choice {
        lock(&self.seen).met[place] = Some(number);
        self.fixed.decisions[place].choice
    }

    /// The number of the segment that each decision has met, if it met one.
    pub(crate) fn met(&self) -> Vec<Option<u64>> {
        lock(&self.seen).met.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::shard_id::ShardId;
    use crate::decision::choice::Decision;

    const LINK: Link = (0, ShardId(0), ShardId(1));

    fn segment(number: u64) -> Segment {
        Segment {
            from: ShardId(0),
            to: ShardId(1),
            number,
        }
    }

    /// Which of the segments with these labels, sent in that order, are lost, where the run that
    /// failed lost the third of `a 1`, `b 2`, `a 3`; and the numbers that were met.
    fn lost(found: impl Fn(Decision) -> Decision, labels: &[&str]) -> (Vec<u64>, Vec<Option<u64>>) {
        let mut counts = Namer::default();
        let names = ["a 1", "b 2", "a 3"].map(|label| counts.name(LINK, label));
        let decision = Decision::new(0, segment(3), Choice::Lost, Some(names[2]));
        let matcher = Matcher::new(FixedDecisions {
            decisions: vec![found(decision)],
            jitter: false,
        });
        let mut lost = Vec::new();
        for (number, label) in (1..).zip(labels) {
            let names = matcher.name(LINK, label);
            let fixed = matcher.meet(0, segment(number), Some(names));
            lost.extend(fixed.choice.map(|_| number));
        }
        (lost, matcher.met())
    }

    #[test]
    fn a_segment_is_found_by_what_it_was_whatever_its_number() {
        let exactly = |it| it;
        assert_eq!(
            lost(exactly, &["a 1", "b 2", "a 3"]),
            (vec![3], vec![Some(3)])
        );
        assert_eq!(lost(exactly, &["a 3", "a 1"]), (vec![1], vec![Some(1)]));
        assert_eq!(lost(exactly, &["a 7", "b 8", "a 9"]), (vec![], vec![None]));
    }

    #[test]
    fn or_by_that_without_its_digits() {
        let loosely = |it: Decision| it.by_less().expect("a weaker way");
        assert_eq!(
            lost(loosely, &["a 7", "a 9", "a 11"]),
            (vec![2], vec![Some(2)])
        );
        assert_eq!(lost(loosely, &["c", "c", "c"]), (vec![], vec![None]));
    }

    #[test]
    fn as_printed_it_is_found_by_its_number() {
        let lost = lost(Decision::by_number, &["c", "c", "c"]);
        assert_eq!(lost, (vec![3], vec![Some(3)]));
    }
}
