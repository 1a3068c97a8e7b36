//! Which rows and lanes of a timeline are shown.

use super::arrow::{Arrow, arrow};
use crate::contract::shard_id::ShardId;
use crate::ordered::ordered;
use crate::report::drawing::steps::{Layout, Step, What};
use crate::report::drawing::words;
use crate::trace::timeline::Timeline;

/// How many rows are drawn: with the lines around them, about 40.
const ROWS: usize = 36;

/// Up to so many shards have a lane each, even if nothing happened to them.
const FEW: usize = 8;

/// At most so many shards have a lane.
const LANES: usize = 12;

/// From so many on, like arrows of one moment are folded into one.
const FOLD: usize = 3;

/// From so many on, arrows are folded into one whenever they were sent, if they are alike in what
/// they carry too: a heartbeat, which would take all rows.
const BEATS: usize = 8;

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
        let mut lanes = Vec::new();
        if few {
            lanes.extend(&timeline.shards);
        }
        let mut rows = Vec::new();
        let mut hidden = 0;
        let mut end = layout.steps.len();
        while end > 0 && rows.len() < ROWS {
            let step = &layout.steps[end - 1];
            let mut new = match &step.what {
                // They need no lane to be told of.
                What::Shards(_, shards) if shards.len() > 1 => Vec::new(),
                _ => layout.parties(step),
            };
            new.retain(|it| !lanes.contains(it));
            if !new.is_empty() && lanes.len() + new.len() > LANES {
                hidden += step.events;
                end -= 1;
                continue;
            }
            lanes.append(&mut new);
            let first = layout.first_alike(end, timeline);
            rows.push(Row { first, end });
            end = first;
        }
        if lanes.is_empty() {
            lanes.extend(timeline.shards.iter().take(FEW));
        }
        rows.reverse();
        let before: u64 = layout.steps[..end].iter().map(|step| step.events).sum();
        Self {
            rows,
            lanes: ordered(lanes),
            before: before + timeline.forgotten,
            hidden,
        }
    }
}

impl Layout {
    /// The first of the steps before `end` that are drawn as one: arrows that differ in nothing but
    /// their numbers, which follow on each other, or marks of one kind at one shard; all of one
    /// moment, or else a heartbeat.
    fn first_alike(&self, end: usize, timeline: &Timeline) -> usize {
        let last = end - 1;
        let Some(look) = Look::of(self, last) else {
            return last;
        };
        let label = |step: usize| {
            let flight = self.flight(&self.steps[step]);
            flight.and_then(|it| timeline.label(&it.segment))
        };
        let (mut moment, mut beat) = (last, last);
        for step in (0..last).rev() {
            let follows = self.number(&self.steps[step]) + 1 == self.number(&self.steps[step + 1]);
            if Look::of(self, step).as_ref() != Some(&look) || (look.from.is_some() && !follows) {
                break;
            }
            if self.steps[step].at == self.steps[last].at {
                moment = step;
            }
            if beat == step + 1 && label(step) == label(last) {
                beat = step;
            }
            if moment.min(beat) > step {
                break;
            }
        }
        match look.from {
            None => moment,
            Some(_) if end - beat >= BEATS => moment.min(beat),
            Some(_) if end - moment >= FOLD => moment,
            Some(_) => last,
        }
    }

    pub(super) fn number(&self, step: &Step) -> u64 {
        self.flight(step).map_or(0, |it| it.segment.number)
    }
}

/// How a step is drawn, but for the number.
#[derive(PartialEq)]
struct Look {
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
            from,
            to: segment.to,
            arrow,
            caption,
        })
    }
}
