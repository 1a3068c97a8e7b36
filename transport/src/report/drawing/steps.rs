//! The rows of a picture: what happened, one thing after the other, each with what belongs to it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::flights::{Flight, Flights};
use crate::contract::error::TransportError;
use crate::contract::shard_id::ShardId;
use crate::trace::event::{ClockChange, EventKind};
use crate::trace::fault_info::FaultInfo;
use crate::trace::timeline::Timeline;

/// One row of a picture.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: Duration,
    pub(super) what: What,
    /// How many events it tells of.
    pub(super) events: u64,
}

/// What a row is about. Flights are told by their index.
#[derive(Debug)]
pub(super) enum What {
    /// A segment set off, and its copies with it. They may arrive, and be received, in this row.
    Sent(Vec<usize>),
    Arrived(usize),
    /// Lost later than it was sent: on its way or in the inbox.
    Lost(usize),
    /// Received later than it arrived.
    Received(usize),
    Shards(Change, Vec<ShardId>),
    Began(Arc<FaultInfo>),
    Ended(Arc<FaultInfo>),
    /// A send of one shard to another was refused.
    Refused(ShardId, ShardId, TransportError),
    /// Something was noted of a shard.
    Noted(ShardId, Arc<str>),
}

/// What became of shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Dropped,
    Crashed,
    Restarted,
    Paused,
    Resumed,
    Clock(ClockChange),
}

/// How a shard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Up,
    Paused,
    /// It has no endpoint.
    Gone,
}

/// A timeline, laid out in rows.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) steps: Vec<Step>,
    pub(super) flights: Vec<Flight>,
    /// The row of each event.
    rows: Vec<usize>,
    /// The last row that each shard had a part in.
    last: HashMap<ShardId, usize>,
    /// The last row about shards or faults as such.
    turn: Option<usize>,
}

impl Layout {
    pub(super) fn new(timeline: &Timeline) -> Self {
        let flights = Flights::new(&timeline.events);
        let mut layout = Self {
            steps: Vec::new(),
            flights: flights.list,
            rows: Vec::with_capacity(timeline.events.len()),
            last: HashMap::new(),
            turn: None,
        };
        for (index, event) in timeline.events.iter().enumerate() {
            let flight = || flights.of[index].expect("an event of a segment");
            let row = match &event.kind {
                EventKind::Sent(_)
                | EventKind::Held(_)
                | EventKind::Reordered(_)
                | EventKind::Duplicated(_) => layout.set_off(event.at, flight()),
                EventKind::Arrived(segment) => {
                    layout.push(event.at, What::Arrived(flight()), &[segment.to])
                }
                EventKind::Received(_) => layout.receive(event.at, flight()),
                EventKind::Lost(..) => layout.lose(event.at, flight()),
                EventKind::Dropped(shard) => layout.change(event.at, Change::Dropped, *shard),
                EventKind::Crashed(shard) => layout.change(event.at, Change::Crashed, *shard),
                EventKind::Restarted(shard) => layout.change(event.at, Change::Restarted, *shard),
                EventKind::Paused(shard) => layout.change(event.at, Change::Paused, *shard),
                EventKind::Resumed(shard) => layout.change(event.at, Change::Resumed, *shard),
                EventKind::ClockSet(shard, change) => {
                    layout.change(event.at, Change::Clock(*change), *shard)
                }
                EventKind::FaultBegan(fault) => layout.turn(event.at, What::Began(fault.clone())),
                EventKind::FaultEnded(fault) => layout.turn(event.at, What::Ended(fault.clone())),
                EventKind::Refused(from, to, why) => {
                    layout.push(event.at, What::Refused(*from, *to, *why), &[*from])
                }
                EventKind::Noted(shard, text) => {
                    let what = What::Noted(*shard, text.clone());
                    layout.push(event.at, what, &[*shard])
                }
            };
            layout.rows.push(row);
            layout.steps[row].events += 1;
        }
        layout
    }

    /// The row of an event.
    pub(super) fn row(&self, event: Option<usize>) -> Option<usize> {
        self.rows.get(event?).copied()
    }

    /// The shards that have a part in a row; none for a fault, which is about links.
    pub(super) fn parties(&self, step: &Step) -> Vec<ShardId> {
        match (&step.what, self.flight(step)) {
            (What::Shards(_, shards), _) => shards.clone(),
            (What::Noted(shard, _) | What::Refused(shard, ..), _) => vec![*shard],
            (What::Received(_), Some(it)) => vec![it.segment.to],
            (What::Lost(_), Some(it)) if it.arrived.is_some() => vec![it.segment.to],
            (_, Some(it)) => vec![it.segment.from, it.segment.to],
            (_, None) => Vec::new(),
        }
    }

    /// The flight that a row is about; of a segment, where copies go with it.
    pub(super) fn flight(&self, step: &Step) -> Option<&Flight> {
        match &step.what {
            What::Sent(flights) => flights.first().map(|it| &self.flights[*it]),
            What::Arrived(flight) | What::Lost(flight) | What::Received(flight) => {
                Some(&self.flights[*flight])
            }
            What::Shards(..)
            | What::Began(_)
            | What::Ended(_)
            | What::Refused(..)
            | What::Noted(..) => None,
        }
    }

    /// How a shard is after a row, that was `before` until then.
    pub(super) fn life(&self, step: &Step, shard: ShardId, before: Life) -> Life {
        let segment = self.flight(step).map(|it| it.segment);
        match (&step.what, segment) {
            (What::Shards(change, shards), _) if shards.contains(&shard) => match change {
                Change::Dropped | Change::Crashed => Life::Gone,
                Change::Paused => Life::Paused,
                Change::Restarted | Change::Resumed => Life::Up,
                Change::Clock(_) => before,
            },
            // One that was created again says so by what it does.
            (What::Sent(_), Some(it)) if before == Life::Gone && it.from == shard => Life::Up,
            (What::Received(_), Some(it)) if before == Life::Gone && it.to == shard => Life::Up,
            _ => before,
        }
    }

    fn ends(&self, flight: usize) -> [ShardId; 2] {
        let segment = self.flights[flight].segment;
        [segment.from, segment.to]
    }

    fn push(&mut self, at: Duration, what: What, shards: &[ShardId]) -> usize {
        let row = self.steps.len();
        self.last.extend(shards.iter().map(|shard| (*shard, row)));
        self.steps.push(Step {
            at,
            what,
            events: 0,
        });
        row
    }

    /// A segment is sent, or something befalls it or comes of it at that moment.
    fn set_off(&mut self, at: Duration, flight: usize) -> usize {
        let it = &self.flights[flight];
        if let Some(row) = self.row(it.sent) {
            if let (true, What::Sent(flights)) = (it.copy, &mut self.steps[row].what) {
                flights.push(flight);
            }
            return row;
        }
        let ends = self.ends(flight);
        let parties = if it.came_at_once() { 2 } else { 1 };
        self.push(at, What::Sent(vec![flight]), &ends[..parties])
    }

    /// A segment is received: in the row of its arrival if nothing happened to the receiver since.
    fn receive(&mut self, at: Duration, flight: usize) -> usize {
        let [_, to] = self.ends(flight);
        let arrival = self.row(self.flights[flight].arrived);
        let arrival =
            arrival.filter(|row| self.steps[*row].at == at && self.last.get(&to) == Some(row));
        arrival.unwrap_or_else(|| self.push(at, What::Received(flight), &[to]))
    }

    /// A segment is lost: in the row of its sending if that is what it met at once.
    fn lose(&mut self, at: Duration, flight: usize) -> usize {
        let it = &self.flights[flight];
        let [_, to] = self.ends(flight);
        let sending = self.row(it.sent).filter(|row| {
            it.arrived.is_none()
                && self.steps[*row].at == at
                && self.turn.is_none_or(|turn| turn < *row)
        });
        sending.unwrap_or_else(|| self.push(at, What::Lost(flight), &[to]))
    }

    /// Something happens to a shard: in the row of others to which the same happens.
    fn change(&mut self, at: Duration, change: Change, shard: ShardId) -> usize {
        let row = match self.steps.last_mut() {
            Some(Step {
                at: then,
                what: What::Shards(same, shards),
                ..
            }) if (*then, *same) == (at, change) && !shards.contains(&shard) => {
                shards.push(shard);
                self.steps.len() - 1
            }
            _ => self.turn(at, What::Shards(change, vec![shard])),
        };
        self.last.insert(shard, row);
        row
    }

    fn turn(&mut self, at: Duration, what: What) -> usize {
        let row = self.push(at, what, &[]);
        self.turn = Some(row);
        row
    }
}
