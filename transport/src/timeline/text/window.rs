//! Which rows and lanes of a timeline are shown.

use std::collections::BTreeSet;
use std::time::Duration;

use super::arrow::{Arrow, arrow};
use crate::ShardId;
use crate::timeline::steps::{Layout, Step, What};
use crate::timeline::{Timeline, words};

/// How many rows are drawn: with the lines around them, about 40.
const ROWS: usize = 36;

/// Up to so many shards have a lane each, even if nothing happened to them.
const FEW: usize = 8;

/// At most so many shards have a lane.
const LANES: usize = 12;

/// From so many on, like arrows are folded into one.
const FOLD: usize = 3;

/// One row of the diagram: steps from `first` to before `end`, all alike.
pub(super) struct Row {
    pub(super) first: usize,
    pub(super) end: usize,
}

/// What of the timeline is shown.
pub(super) struct Window {
    pub(super) rows: Vec<Row>,
    pub(super) lanes: Vec<ShardId>,
    /// How many events came before the first row.
    pub(super) before: u64,
    /// How many events since were left out, because they are of shards without a lane.
    pub(super) hidden: u64,
}

impl Window {
    pub(super) fn new(timeline: &Timeline, layout: &Layout) -> Self {
        let few = timeline.shards.len() <= FEW;
        let mut lanes = BTreeSet::new();
        if few {
            lanes.extend(timeline.shards.iter().copied());
        }
        let mut rows = Vec::new();
        let mut hidden = 0;
        let mut end = layout.steps.len();
        while end > 0 && rows.len() < ROWS {
            let step = &layout.steps[end - 1];
            let parties = match &step.what {
                // They need no lane to be told of.
                What::Shards(_, shards) if shards.len() > 1 => Vec::new(),
                _ => layout.parties(step),
            };
            let new = parties.iter().filter(|it| !lanes.contains(it)).count();
            if new > 0 && lanes.len() + new > LANES {
                hidden += step.events;
                end -= 1;
                continue;
            }
            lanes.extend(parties);
            let first = layout.first_alike(end);
            rows.push(Row { first, end });
            end = first;
        }
        if lanes.is_empty() {
            lanes.extend(timeline.shards.iter().take(FEW).copied());
        }
        rows.reverse();
        let before: u64 = layout.steps[..end].iter().map(|step| step.events).sum();
        Self {
            rows,
            lanes: lanes.into_iter().collect(),
            before: before + timeline.forgotten,
            hidden,
        }
    }
}

impl Layout {
    /// The first of the steps before `end` that are drawn as one: arrows that differ in nothing but
    /// their numbers, which follow on each other, or marks of one kind at one shard.
    fn first_alike(&self, end: usize) -> usize {
        let mut first = end - 1;
        let Some(look) = Look::of(self, first) else {
            return first;
        };
        while first > 0 && Look::of(self, first - 1).as_ref() == Some(&look) {
            let follows =
                self.number(&self.steps[first - 1]) + 1 == self.number(&self.steps[first]);
            if look.from.is_some() && !follows {
                break;
            }
            first -= 1;
        }
        let few = look.from.is_some() && end - first < FOLD;
        if few { end - 1 } else { first }
    }

    pub(super) fn number(&self, step: &Step) -> u64 {
        self.flight(step).map_or(0, |it| it.segment.number)
    }
}

/// How a step is drawn, but for the number.
#[derive(PartialEq)]
struct Look {
    at: Duration,
    /// `None` for what happens at the receiver, whoever sent it.
    from: Option<ShardId>,
    to: ShardId,
    arrow: Arrow,
    caption: String,
}

impl Look {
    fn of(layout: &Layout, row: usize) -> Option<Self> {
        let (flight, arrow) = arrow(layout, row)?;
        let step = &layout.steps[row];
        let segment = layout.flights[flight].segment;
        let (from, caption) = match arrow {
            Arrow::Mark(_) => (None, String::new()),
            _ => (Some(segment.from), words::caption(layout, step)),
        };
        Some(Self {
            at: step.at,
            from,
            to: segment.to,
            arrow,
            caption,
        })
    }
}
