//! The way of each segment, as the events tell it.

use std::collections::HashMap;

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::ordered::ordered;
use crate::trace::event::{Event, EventKind, Loss};
use crate::trace::fault_info::{FaultInfo, Verb};

/// One way from a shard to another: of a segment, or of a copy of it. What happened on it is told
/// by the index of the event; what is not known, or did not happen, is `None`.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) segment: Segment,
    pub(super) copy: bool,
    /// `None` if that was forgotten.
    pub(super) sent: Option<usize>,
    /// Why it does not come at once, where that is known.
    pub(super) late: Option<Late>,
    /// The same as `sent` if it came at once.
    pub(super) arrived: Option<usize>,
    /// On its way, or in the inbox if it had arrived.
    pub(super) lost: Option<(usize, Loss)>,
    pub(super) received: Option<usize>,
    /// Whether one that was sent later on its link is known to have arrived before it.
    pub(super) overtaken: bool,
    /// Whether nobody was there to receive it when it was sent.
    to_nobody: bool,
}

impl Flight {
    fn new(segment: Segment, sent: Option<usize>) -> Self {
        Self {
            segment,
            copy: false,
            sent,
            late: None,
            arrived: None,
            lost: None,
            received: None,
            overtaken: false,
            to_nobody: false,
        }
    }

    fn is_over(&self) -> bool {
        self.received.is_some() || self.lost.is_some()
    }

    pub(super) fn came_at_once(&self) -> bool {
        self.sent.is_some() && self.sent == self.arrived
    }
}

/// Why a segment does not come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Late {
    /// Its link takes time.
    OnTheWay,
    Held,
    /// Others may overtake it.
    Reordered,
}

/// All flights, and which event is of which.
#[derive(Debug, Default)]
pub(super) struct Flights {
    pub(super) list: Vec<Flight>,
    /// By the index of the event: every event of a segment is of a flight.
    pub(super) of: Vec<Option<usize>>,
    by_segment: HashMap<Segment, Vec<usize>>,
    /// How many faults stand on a link that make segments take time.
    delays: HashMap<(ShardId, ShardId), usize>,
    /// Shards without an endpoint.
    down: Vec<ShardId>,
}

impl Flights {
    pub(super) fn new(events: &[Event]) -> Self {
        let mut flights = Self::default();
        for (index, event) in events.iter().enumerate() {
            let flight = flights.follow(index, &event.kind);
            flights.of.push(flight);
        }
        for flight in &mut flights.list {
            if flight.arrived.is_none() && flight.lost.is_none() && flight.late.is_none() {
                flight.arrived = flight.sent;
            }
        }
        flights.find_overtaken();
        flights
    }

    fn find_overtaken(&mut self) {
        let arrived = (0..self.list.len()).filter_map(|it| Some((self.list[it].arrived?, it)));
        let mut highest = HashMap::<(ShardId, ShardId), u64>::new();
        for (_, flight) in ordered(arrived.collect()) {
            let flight = &mut self.list[flight];
            let Segment { from, to, number } = flight.segment;
            let highest = highest.entry((from, to)).or_default();
            flight.overtaken = *highest > number;
            *highest = number.max(*highest);
        }
    }

    fn follow(&mut self, index: usize, kind: &EventKind) -> Option<usize> {
        match kind {
            EventKind::Sent(segment) => return Some(self.sent(*segment, index)),
            EventKind::Held(segment) => {
                let flight = self.setting_off(*segment, index);
                self.list[flight].late = Some(Late::Held);
                return Some(flight);
            }
            EventKind::Reordered(segment) => {
                let flight = self.setting_off(*segment, index);
                self.list[flight].late = Some(Late::Reordered);
                return Some(flight);
            }
            EventKind::Duplicated(segment) => return Some(self.duplicated(*segment, index)),
            EventKind::Arrived(segment) => {
                let flight = self.find(*segment, &|it| it.arrived.is_none() && !it.is_over());
                let flight = flight.unwrap_or_else(|| self.add(Flight::new(*segment, None)));
                self.list[flight].arrived = Some(index);
                return Some(flight);
            }
            EventKind::Received(segment) => return Some(self.received(*segment, index)),
            EventKind::Lost(segment, why) => return Some(self.lost(*segment, *why, index)),
            EventKind::Crashed(shard) | EventKind::Dropped(shard) => {
                self.down.push(*shard);
            }
            EventKind::Restarted(shard) => {
                self.up(*shard);
            }
            EventKind::FaultBegan(fault) => self.delay(fault, |standing| standing + 1),
            EventKind::FaultEnded(fault) => {
                self.delay(fault, |standing| standing.saturating_sub(1));
            }
            EventKind::Paused(_)
            | EventKind::Resumed(_)
            | EventKind::ClockSet(..)
            | EventKind::Refused(..)
            | EventKind::Noted(..) => {}
        }
        None
    }

    fn up(&mut self, shard: ShardId) {
        self.down.retain(|it| *it != shard);
    }

    fn delay(&mut self, fault: &FaultInfo, change: fn(usize) -> usize) {
        if matches!(fault.verb, Verb::Latency(_) | Verb::Rate) {
            for link in &fault.links {
                let standing = self.delays.entry(*link).or_default();
                *standing = change(*standing);
            }
        }
    }

    fn add(&mut self, flight: Flight) -> usize {
        let index = self.list.len();
        let same = self.by_segment.entry(flight.segment).or_default();
        same.push(index);
        self.list.push(flight);
        index
    }

    /// The first flight of a segment, or of a copy of it, for which this holds.
    fn find(&self, segment: Segment, which: &dyn Fn(&Flight) -> bool) -> Option<usize> {
        let same = self.by_segment.get(&segment)?;
        same.iter().copied().find(|it| which(&self.list[*it]))
    }

    fn sent(&mut self, segment: Segment, index: usize) -> usize {
        self.up(segment.from);
        let link = (segment.from, segment.to);
        let slow = self.delays.get(&link).is_some_and(|standing| *standing > 0);
        self.add(Flight {
            late: slow.then_some(Late::OnTheWay),
            to_nobody: self.down.contains(&segment.to),
            ..Flight::new(segment, Some(index))
        })
    }

    /// The flight of a segment that was sent just now, though that may be forgotten.
    fn setting_off(&mut self, segment: Segment, index: usize) -> usize {
        let flight = self.find(segment, &|it| !it.copy && it.arrived.is_none());
        flight.unwrap_or_else(|| self.add(Flight::new(segment, Some(index))))
    }

    fn duplicated(&mut self, segment: Segment, index: usize) -> usize {
        let original = self.find(segment, &|it| !it.copy);
        let original = original.map(|it| &self.list[it]);
        self.add(Flight {
            copy: true,
            // It may have to wait to be overtaken too, or not.
            late: original
                .and_then(|it| it.late)
                .filter(|late| *late != Late::Reordered),
            ..Flight::new(
                segment,
                original.map_or(Some(index), |it| it.sent.or(Some(index))),
            )
        })
    }

    fn received(&mut self, segment: Segment, index: usize) -> usize {
        self.up(segment.to);
        let flight = self
            .find(segment, &|it| it.arrived.is_some() && !it.is_over())
            .or_else(|| self.find(segment, &|it| it.late.is_none() && !it.is_over()))
            .or_else(|| self.find(segment, &|it| !it.is_over()))
            .unwrap_or_else(|| self.add(Flight::new(segment, None)));
        let it = &mut self.list[flight];
        it.arrived = it.arrived.or(it.sent);
        it.received = Some(index);
        flight
    }

    fn lost(&mut self, segment: Segment, why: Loss, index: usize) -> usize {
        let flight = self
            .find(segment, &|it| it.arrived.is_none() && !it.is_over())
            .or_else(|| self.find(segment, &|it| !it.is_over()))
            .unwrap_or_else(|| self.add(Flight::new(segment, None)));
        let it = &mut self.list[flight];
        let with_the_inbox = matches!(why, Loss::Crash | Loss::End)
            && self.down.contains(&segment.to)
            && !it.to_nobody;
        if with_the_inbox && it.late.is_none() {
            it.arrived = it.arrived.or(it.sent);
        }
        it.lost = Some((index, why));
        flight
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::report::drawing::samples::{fault, segment, timeline};

    fn flights(kinds: &[EventKind]) -> Vec<Flight> {
        Flights::new(timeline(2, kinds.to_vec()).events()).list
    }

    #[test]
    fn a_segment_of_which_nothing_else_is_told_came_at_once() {
        let [flight] = &flights(&[EventKind::Sent(segment(1))])[..] else {
            panic!("one flight");
        };
        assert!(flight.came_at_once() && flight.received.is_none());
    }

    #[test]
    fn a_segment_under_a_latency_is_on_its_way_until_it_arrives() {
        let latency = Arc::new(fault(
            Verb::Latency(std::time::Duration::from_millis(5).into()),
            "latency of 5ms",
        ));
        let kinds = [
            EventKind::FaultBegan(latency.clone()),
            EventKind::Sent(segment(1)),
            EventKind::Sent(segment(2)),
            EventKind::Arrived(segment(1)),
            EventKind::FaultEnded(latency),
            EventKind::Sent(segment(3)),
        ];
        let arrived: Vec<_> = flights(&kinds).iter().map(|it| it.arrived).collect();
        assert_eq!(arrived, [Some(3), None, Some(5)]);
    }

    #[test]
    fn a_copy_that_overtakes_its_original_is_received_before_it_arrives() {
        let kinds = [
            EventKind::Sent(segment(1)),
            EventKind::Reordered(segment(1)),
            EventKind::Duplicated(segment(1)),
            EventKind::Received(segment(1)),
            EventKind::Arrived(segment(1)),
            EventKind::Received(segment(1)),
        ];
        let flights = flights(&kinds);
        let ways: Vec<_> = flights
            .iter()
            .map(|it| (it.copy, it.arrived, it.received))
            .collect();
        assert_eq!(ways, [(false, Some(4), Some(5)), (true, Some(0), Some(3))]);
    }

    #[test]
    fn overtaken_is_what_a_later_one_came_before() {
        let kinds = [
            EventKind::Sent(segment(1)),
            EventKind::Reordered(segment(1)),
            EventKind::Sent(segment(2)),
            EventKind::Arrived(segment(1)),
            EventKind::Sent(segment(3)),
            EventKind::Reordered(segment(3)),
            EventKind::Arrived(segment(3)),
        ];
        let overtaken: Vec<_> = flights(&kinds).iter().map(|it| it.overtaken).collect();
        assert_eq!(overtaken, [true, false, false]);
    }

    #[test]
    fn a_crash_loses_what_was_in_the_inbox_and_what_was_held() {
        let kinds = [
            EventKind::Sent(segment(1)),
            EventKind::Sent(segment(2)),
            EventKind::Held(segment(2)),
            EventKind::Crashed(ShardId(1)),
            EventKind::Lost(segment(1), Loss::Crash),
            EventKind::Lost(segment(2), Loss::Crash),
        ];
        let arrived: Vec<_> = flights(&kinds).iter().map(|it| it.arrived).collect();
        assert_eq!(arrived, [Some(0), None]);
    }

    #[test]
    fn what_is_told_of_a_forgotten_segment_is_kept() {
        let kinds = [
            EventKind::Arrived(segment(1)),
            EventKind::Received(segment(2)),
            EventKind::Lost(segment(3), Loss::Cut),
            EventKind::Held(segment(4)),
        ];
        let sent: Vec<_> = flights(&kinds).iter().map(|it| it.sent).collect();
        assert_eq!(sent, [None, None, None, Some(3)]);
    }
}
