use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::network::links::in_flight::{InFlight, Passage};
use crate::ordered::sort_by;

/// The segments on their way to one shard, over links with latency.
///
/// A heap moves its entries about, so they are small and say where the segments are, which stay in
/// their places until they arrive.
pub(crate) struct DueQueue<P> {
    /// That which is due first is on top.
    due: BinaryHeap<Reverse<Due>>,
    places: Vec<Option<Scheduled<P>>>,
    vacant: Vec<u32>,
    /// How many have set off.
    departures: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: u64,
    /// Orders what is due at one moment by when it was sent.
    departure: u64,
    place: u32,
}

/// A segment on its way.
pub(crate) struct Scheduled<P> {
    pub(crate) flight: InFlight<P>,
    pub(crate) passage: Passage,
    /// Index of the link.
    pub(crate) link: u32,
}

impl<P> DueQueue<P> {
    pub(crate) fn new() -> Self {
        Self {
            due: BinaryHeap::new(),
            places: Vec::new(),
            vacant: Vec::new(),
            departures: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    pub(crate) fn push(&mut self, scheduled: Scheduled<P>) {
        let at = scheduled.passage.due;
        let place = if let Some(place) = self.vacant.pop() {
            self.places[place as usize] = Some(scheduled);
            place
        } else {
            self.places.push(Some(scheduled));
            u32::try_from(self.places.len() - 1).expect("fewer than 2^32 segments at once")
        };
        self.departures += 1;
        self.due.push(Reverse(Due {
            at,
            departure: self.departures,
            place,
        }));
    }

    /// When the next one is due.
    #[inline]
    pub(crate) fn next_due(&self) -> Option<u64> {
        self.due.peek().map(|Reverse(due)| due.at)
    }

    /// Takes the one that is due first.
    pub(crate) fn pop(&mut self) -> Option<Scheduled<P>> {
        let Reverse(due) = self.due.pop()?;
        self.take(due)
    }

    fn take(&mut self, due: Due) -> Option<Scheduled<P>> {
        self.vacant.push(due.place);
        self.places[due.place as usize].take()
    }

    /// Lets all arrive as if chaos had not slowed them, but not before `now`; whether any comes sooner.
    pub(crate) fn speed_up(&mut self, now: u64) -> bool {
        let mut all = std::mem::take(&mut self.due).into_vec();
        let mut sooner = false;
        for Reverse(due) in &mut all {
            if let Some(scheduled) = &mut self.places[due.place as usize] {
                let passage = &mut scheduled.passage;
                let at = passage.unslowed.max(now);
                if at < passage.due {
                    (passage.due, due.at, sooner) = (at, at, true);
                }
            }
        }
        self.due = all.into();
        sooner
    }

    /// Takes all that are on `link`, in the order of their sending, so that a run repeats to the
    /// last event.
    pub(crate) fn take_from(&mut self, link: u32) -> Vec<InFlight<P>> {
        let mut all = std::mem::take(&mut self.due).into_vec();
        sort_by(&mut all, |Reverse(a), Reverse(b)| {
            a.departure.cmp(&b.departure)
        });
        let is_on_link = |due: &Due| {
            let scheduled = self.places[due.place as usize].as_ref();
            scheduled.is_some_and(|it| it.link == link)
        };
        let (gone, kept): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|Reverse(due)| is_on_link(due));
        self.due = kept.into();
        let gone = gone.into_iter();
        gone.filter_map(|Reverse(due)| self.take(due))
            .map(|scheduled| scheduled.flight)
            .collect()
    }
}
