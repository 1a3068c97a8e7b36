//! Steps that are drawn as one row, as they are alike.

use super::arrow::{Arrow, arrow};
use crate::contract::shard_id::ShardId;
use crate::report::drawing::steps::{Layout, Step};
use crate::report::drawing::words;
use crate::trace::timeline::Timeline;

/// From so many on, like arrows of one moment are folded into one.
const FOLD: usize = 3;

/// From so many on, arrows are folded into one whenever they were sent, if they are alike in what
/// they carry too: a heartbeat, which would take all rows.
const BEATS: usize = 8;

/// One row of the diagram: steps from `first` to before `end`, all alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) first: usize,
    pub(super) end: usize,
}

impl Layout {
    /// The first of the steps before `end` that are drawn as one: arrows that differ in nothing but
    /// their numbers, which follow on each other, or marks of one kind at one shard; all of one
    /// moment, or else a heartbeat.
    /// None before `start`.
    pub(super) fn first_alike(&self, (start, end): (usize, usize), timeline: &Timeline) -> usize {
        let last = end - 1;
        let Some(look) = Look::of(self, last) else {
            return last;
        };
        let label = |step: usize| {
            let flight = self.flight(&self.steps[step]);
            flight.and_then(|it| timeline.label(&it.segment))
        };
        let (mut moment, mut beat) = (last, last);
        for step in (start..last).rev() {
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
    /// `None` for a mark at the receiver, which looks the same for every sender.
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
