//! Finds what fixed decisions are about, in a rerun.

use std::collections::HashMap;

use crate::contract::segment::Segment;
use crate::decision::chaos::episode::Episode;
use crate::decision::choice::{Asked, Decision, FixedDecisions, Met};
use crate::decision::die::Fixed;
use crate::decision::names::{Found, Link, Namer, Names};
use crate::sync::{Mutex, lock};

#[derive(Debug)]
pub(crate) struct Matcher {
    fixed: FixedDecisions,
    /// Where each about a segment is among the decisions.
    segments: HashMap<(Link, Found), usize>,
    /// Where each that is asked for by name is.
    asked: HashMap<String, usize>,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    namer: Namer,
    /// What each decision has met.
    met: Vec<Option<Met>>,
}

impl Matcher {
    pub(crate) fn new(fixed: FixedDecisions) -> Self {
        let (mut segments, mut asked) = (HashMap::new(), HashMap::new());
        for (place, decision) in fixed.decisions.iter().enumerate() {
            match decision {
                Decision::OnSegment(it) => {
                    let link = (it.mesh, it.segment.from, it.segment.to);
                    segments.insert((link, it.found), place);
                }
                Decision::Asked(it) => {
                    asked.insert(it.name.clone(), place);
                }
                // The mesh plans it.
                Decision::Episode(_) => {}
            }
        }
        Self {
            segments,
            asked,
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
        let mut places = self.segments.keys();
        places.any(|(_, found)| !matches!(found, Found::ByNumber(_)))
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
        let place = found.find_map(|found| self.segments.get(&(link, found)).copied());
        let choice = place.and_then(|place| {
            lock(&self.seen).met[place] = Some(Met::Segment(segment.number, names));
            match &self.fixed.decisions[place] {
                Decision::OnSegment(it) => Some(it.choice),
                Decision::Asked(_) | Decision::Episode(_) => None,
            }
        });
        Fixed {
            choice,
            jitter: self.fixed.jitter,
        }
    }

    /// The place of what is asked for by this name: the first of all unless another is fixed.
    pub(super) fn place(&self, name: &str) -> u128 {
        let place = self.asked.get(name).copied();
        match place.map(|place| &self.fixed.decisions[place]) {
            Some(Decision::Asked(it)) => it.place,
            _ => 0,
        }
    }

    /// This came of what was asked for.
    pub(super) fn meet_asked(&self, asked: &Asked) {
        if let Some(place) = self.asked.get(&asked.name) {
            lock(&self.seen).met[*place] = Some(Met::Asked(asked.clone()));
        }
    }

    /// The episode that is fixed at this place has begun, as this.
    pub(crate) fn meet_episode(&self, place: usize, episode: Episode) {
        lock(&self.seen).met[place] = Some(Met::Episode(episode));
    }

    /// What each decision has met, if it met something.
    pub(crate) fn met(&self) -> Vec<Option<Met>> {
        lock(&self.seen).met.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::shard_id::ShardId;
    use crate::decision::choice::{Choice, OnSegment};

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
        let decision = OnSegment::new(0, segment(3), Choice::Lost, Some(names[2]));
        let decision = Decision::OnSegment(decision);
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
        let met = matcher.met().into_iter().map(|met| match met? {
            Met::Segment(number, _) => Some(number),
            Met::Asked(_) | Met::Episode(_) => None,
        });
        (lost, met.collect())
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
        let lost = lost(|it| it.as_printed(), &["c", "c", "c"]);
        assert_eq!(lost, (vec![3], vec![Some(3)]));
    }
}
