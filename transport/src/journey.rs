//! What lies between a send and its arrival, on links that have faults: [`Arrivals`] beyond plain
//! delivery. Times are in milliseconds of the mesh's clock.

use crate::aftermath::Aftermath;
use crate::arrivals::{Arrivals, index};
use crate::log::Kind;
use crate::random::{About, Die};
use crate::transit::Traveller;
use crate::wire::{Fate, Flight, Overtaken, Passage};

/// What a rule asks for a segment that passes.
pub(crate) struct ByRule<P> {
    /// The payload of a copy, which goes after the segment.
    pub(crate) copy: Option<P>,
    /// By how many later ones it is overtaken.
    pub(crate) overtakers: u64,
}

impl<P> ByRule<P> {
    pub(crate) fn nothing() -> Self {
        Self {
            copy: None,
            overtakers: 0,
        }
    }
}

impl<P> Arrivals<P> {
    /// Notes what befalls a segment.
    pub(crate) fn befall(&mut self, link: usize, kind: Kind, flight: &Flight<P>, extra: u16) {
        let from = self.links[link].from;
        let segment = (from, flight.number, flight.tick);
        self.log.befall(kind, segment, None, extra);
    }

    /// Lets the faults of the link decide, beyond what a rule has asked for.
    pub(crate) fn pass(
        &mut self,
        link: usize,
        flight: Flight<P>,
        by_rule: ByRule<P>,
        (die, now): (Die, u64),
        after: &mut Aftermath<P>,
    ) {
        let ByRule { copy, overtakers } = by_rule;
        let by_rule = copy.map(|payload| flight.copy_with(payload));
        match self.wire(link).carry(&flight.payload, die, now) {
            Fate::Cut => {
                self.lose(link, flight, Kind::LostToCut, after);
                if let Some(copy) = by_rule {
                    after.lose(copy.payload);
                }
            }
            Fate::Lost => {
                self.lose(link, flight, Kind::LostByChance, after);
                if let Some(copy) = by_rule {
                    let passage = self.copy_passage(link, die, now);
                    self.duplicate(link, &copy, Kind::DuplicatedByRule);
                    self.travel(link, copy, passage, now, after);
                }
            }
            Fate::Held => {
                self.hold(link, None, flight);
                if let Some(copy) = by_rule {
                    self.duplicate(link, &copy, Kind::DuplicatedByRule);
                    self.wire(link).held.push_back((None, copy));
                }
            }
            Fate::Carried(mut passage, copy) => {
                let copy = copy.map(|(passage, payload)| (passage, flight.copy_with(payload)));
                self.reorder(link, &flight, passage.overtakers, Kind::ReorderedByChance);
                if passage.overtakers == 0 {
                    self.reorder(link, &flight, overtakers, Kind::ReorderedByRule);
                    passage.overtakers = overtakers;
                }
                self.travel(link, flight, passage, now, after);
                if let Some((passage, copy)) = copy {
                    self.duplicate(link, &copy, Kind::DuplicatedByChance);
                    self.travel(link, copy, passage, now, after);
                }
                if let Some(copy) = by_rule {
                    let Passage { due, .. } = self.copy_passage(link, die, now);
                    let behind = Passage { due, ..passage };
                    self.duplicate(link, &copy, Kind::DuplicatedByRule);
                    self.travel(link, copy, behind, now, after);
                }
            }
        }
    }

    fn copy_passage(&mut self, link: usize, die: Die, now: u64) -> Passage {
        Passage::at(self.wire(link).due(die, About::CopyLatency, now))
    }

    /// Counts a copy.
    fn duplicate(&mut self, link: usize, copy: &Flight<P>, kind: Kind) {
        self.links[link].faulty.duplicated += 1;
        self.befall(link, kind, copy, 0);
    }

    /// Counts a segment that is to be overtaken, if it is.
    fn reorder(&mut self, link: usize, flight: &Flight<P>, overtakers: u64, kind: Kind) {
        if overtakers > 0 {
            self.links[link].faulty.reordered += 1;
            let overtakers = u16::try_from(overtakers).unwrap_or(u16::MAX);
            self.befall(link, kind, flight, overtakers);
        }
    }

    /// Whether the link is cut or held.
    pub(crate) fn is_stopped(&self, link: usize) -> bool {
        let wire = self.links[link].wire.as_ref();
        wire.is_some_and(|wire| wire.is_cut() || wire.is_held())
    }

    /// Keeps a segment back until it is released.
    pub(crate) fn hold(&mut self, link: usize, rule: Option<u64>, flight: Flight<P>) {
        self.befall(link, Kind::Held, &flight, 0);
        self.wire(link).held.push_back((rule, flight));
    }

    /// A segment is on its way, if it does not arrive at once.
    pub(crate) fn travel(
        &mut self,
        link: usize,
        flight: Flight<P>,
        passage: Passage,
        now: u64,
        after: &mut Aftermath<P>,
    ) {
        if passage.due > now {
            self.set_off(link, flight, passage, after);
        } else if passage.overtakers > 0 {
            self.wait_to_be_overtaken(link, flight, passage, after);
        } else {
            self.let_in(link, flight, None, after);
        }
    }

    pub(crate) fn set_off(
        &mut self,
        link: usize,
        flight: Flight<P>,
        passage: Passage,
        after: &mut Aftermath<P>,
    ) {
        if self.next_due().is_none_or(|due| passage.due < due) {
            // Each receiver that waits has set its timer to what was due first until now, and each
            // must set it anew: any of them may go before it fires.
            self.receivers.wake_all(after);
        }
        self.links[link].faulty.in_transit += 1;
        self.transit.push(Traveller {
            flight,
            passage,
            link: index(link),
        });
    }

    /// The time of a segment has come, but later ones are to arrive before it.
    fn wait_to_be_overtaken(
        &mut self,
        link: usize,
        flight: Flight<P>,
        passage: Passage,
        after: &mut Aftermath<P>,
    ) {
        self.overtaken += 1;
        self.wire(link).overtaken.push(Overtaken {
            left: passage.overtakers,
            since: passage.due,
            flight,
        });
        // Where nobody tells when no task can run, receivers time how long it may wait.
        self.receivers.wake_all(after);
    }

    /// A segment arrives, later than it was sent: at `at`, or now.
    pub(crate) fn arrive(
        &mut self,
        link: usize,
        flight: Flight<P>,
        at: Option<u64>,
        after: &mut Aftermath<P>,
    ) {
        self.note_arrival(link, &flight, at);
        self.let_in(link, flight, at, after);
    }

    fn note_arrival(&mut self, link: usize, flight: &Flight<P>, at: Option<u64>) {
        let from = self.links[link].from;
        let segment = (from, flight.number, flight.tick);
        self.log.befall(Kind::Arrived, segment, at, 0);
    }

    /// A segment arrives, and after it those that waited to be overtaken by it; and so on, as they
    /// overtake others in their turn.
    fn let_in(
        &mut self,
        link: usize,
        flight: Flight<P>,
        at: Option<u64>,
        after: &mut Aftermath<P>,
    ) {
        let number = flight.number;
        self.enqueue(link, flight, after);
        if self.overtaken > 0 {
            self.let_in_overtaken(link, number, at, after);
        }
    }

    /// Lets in what waited to be overtaken by the segment `number`.
    fn let_in_overtaken(
        &mut self,
        link: usize,
        mut number: u64,
        at: Option<u64>,
        after: &mut Aftermath<P>,
    ) {
        let mut behind = Vec::new();
        loop {
            let overtaken = self.wire(link).overtake(number);
            self.overtaken -= overtaken.len();
            // Right behind the last that they let by, and the first of them first.
            behind.extend(overtaken.into_iter().rev().map(|it| it.flight));
            let Some(flight) = behind.pop() else {
                return;
            };
            number = flight.number;
            self.note_arrival(link, &flight, at);
            self.enqueue(link, flight, after);
        }
    }

    /// When the next segment on its way is due.
    pub(crate) fn next_due(&self) -> Option<u64> {
        self.transit.next_due()
    }

    /// Lets arrive what is due.
    pub(crate) fn mature(&mut self, now: u64, after: &mut Aftermath<P>) {
        while self.next_due().is_some_and(|due| due <= now) {
            let Some(traveller) = self.transit.pop() else {
                return;
            };
            let Traveller {
                flight,
                passage,
                link,
            } = traveller;
            let link = link as usize;
            self.links[link].faulty.in_transit -= 1;
            if passage.overtakers > 0 {
                self.wait_to_be_overtaken(link, flight, passage, after);
            } else {
                self.arrive(link, flight, Some(passage.due), after);
            }
        }
    }

    /// Lets those arrive that wait to be overtaken since `before` or earlier, where nothing is
    /// left on their link that could overtake them. Returns whether there were any.
    pub(crate) fn stop_waiting(&mut self, before: u64, after: &mut Aftermath<P>) -> bool {
        if self.overtaken == 0 {
            return false;
        }
        let waiting = self.overtaken;
        for link in 0..self.links.len() {
            if self.links[link].faulty.in_transit > 0 {
                continue;
            }
            if let Some(wire) = &mut self.links[link].wire {
                let overtaken = wire.overtaken_before(before);
                self.overtaken -= overtaken.len();
                for Overtaken { flight, .. } in overtaken {
                    self.arrive(link, flight, None, after);
                }
            }
        }
        self.overtaken < waiting
    }

    /// Since when the first of those waits to be overtaken that nothing on its way can overtake: the
    /// others wait for that to arrive.
    pub(crate) fn first_overtaken(&self) -> Option<u64> {
        if self.overtaken == 0 {
            return None;
        }
        let links = self.links.iter().filter(|link| link.faulty.in_transit == 0);
        let wires = links.filter_map(|link| link.wire.as_ref());
        wires
            .flat_map(|wire| wire.overtaken.iter().map(|overtaken| overtaken.since))
            .min()
    }

    /// Whether nothing is on its way. What is held does not count.
    pub(crate) fn is_calm(&self) -> bool {
        self.transit.is_empty() && self.overtaken == 0
    }

    /// Whether something may still arrive that was sent: on its way, or held.
    pub(crate) fn expects(&self) -> bool {
        !self.is_calm()
            || self
                .links
                .iter()
                .any(|link| link.wire.as_ref().is_some_and(|wire| !wire.held.is_empty()))
    }
}
