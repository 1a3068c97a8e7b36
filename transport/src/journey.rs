//! What lies between a send and its arrival, on links that have faults: [`Arrivals`] beyond plain
//! delivery. Times are in milliseconds of the mesh's clock.

use std::sync::Arc;

use crate::aftermath::Aftermath;
use crate::arrivals::{Arrivals, Sender, index};
use crate::fault::FaultState;
use crate::log::EventKind;
use crate::random::{About, Die};
use crate::transit::Transit;
use crate::wire::{Effect, Fate, Flight, Overtaken, Passage, Wire};

/// Setting and healing faults.
impl<P> Arrivals<P> {
    fn wire(&mut self, link: usize) -> &mut Wire<P> {
        self.links[link].wire.get_or_insert_default()
    }

    /// Puts `effect` on the link from `from`.
    pub(crate) fn add_fault(
        &mut self,
        from: Sender,
        fault: &Arc<FaultState>,
        effect: Effect<P>,
        after: &mut Aftermath<P>,
    ) {
        let Some(link) = self.known_link(from) else {
            return;
        };
        self.wire(link).add(fault.clone(), effect);
        if matches!(effect, Effect::Cut) {
            let lost = self.lose_in_flight(link, after);
            self.wire(link).cuts_met(lost);
            // Whoever waits for room need not wait on a link that swallows.
            self.links[link].senders.wake_all(after);
        }
    }

    /// Changes the faults of every link, and releases what no hold keeps any more.
    pub(crate) fn change_wires(
        &mut self,
        mut change: impl FnMut(&mut Wire<P>),
        after: &mut Aftermath<P>,
    ) {
        for link in 0..self.links.len() {
            let Some(wire) = &mut self.links[link].wire else {
                continue;
            };
            let held = wire.is_held();
            change(wire);
            if held && !wire.is_held() {
                self.release_held(link, |rule| rule.is_none(), after);
            }
        }
    }

    /// Delivers what is held on the link from `from`, and ends its holds.
    pub(crate) fn release(&mut self, from: Sender, after: &mut Aftermath<P>) {
        let Some(link) = self.used_index(from.index) else {
            return;
        };
        if let Some(wire) = &mut self.links[link].wire {
            wire.end_holds();
            self.release_held(link, |_| true, after);
        }
    }

    /// Delivers the oldest segment that is held on the link from `from`.
    pub(crate) fn deliver_next(&mut self, from: Sender, after: &mut Aftermath<P>) {
        let Some(link) = self.used_index(from.index) else {
            return;
        };
        let wire = self.links[link].wire.as_mut();
        if let Some((_, flight)) = wire.and_then(|wire| wire.held.pop_front()) {
            self.let_go(link, flight, after);
        }
    }

    /// Delivers what the rule `rule` holds.
    pub(crate) fn release_rule(&mut self, rule: u64, after: &mut Aftermath<P>) {
        for link in 0..self.links.len() {
            self.release_held(link, |by| by == Some(rule), after);
        }
    }

    fn release_held(
        &mut self,
        link: usize,
        which: impl Fn(Option<u64>) -> bool,
        after: &mut Aftermath<P>,
    ) {
        let Some(wire) = &mut self.links[link].wire else {
            return;
        };
        for (rule, flight) in std::mem::take(&mut wire.held) {
            if which(rule) {
                self.let_go(link, flight, after);
            } else {
                self.wire(link).held.push_back((rule, flight));
            }
        }
    }

    /// A segment that was held goes on, behind what is still on the wire, unless the link is cut.
    fn let_go(&mut self, link: usize, flight: Flight<P>, after: &mut Aftermath<P>) {
        let on_the_way = self.links[link].faulty.in_transit > 0;
        let wire = self.wire(link);
        if wire.is_cut() {
            wire.cuts_met(1);
            self.lose(link, flight, after);
        } else if on_the_way {
            let due = wire.last_due();
            self.set_off(link, flight, Passage::at(due), after);
        } else {
            self.arrive(link, flight, after);
        }
    }
}

/// The way of one segment. What is to be logged of it is added to `events`.
impl<P> Arrivals<P> {
    /// Lets the faults of the link decide; `copy` is the payload of a copy that a rule made, which
    /// goes after the segment.
    pub(crate) fn pass(
        &mut self,
        link: usize,
        flight: Flight<P>,
        copy: Option<P>,
        (die, now): (Die, u64),
        after: &mut Aftermath<P>,
        events: &mut Vec<EventKind>,
    ) {
        let by_rule = copy.map(|payload| flight.copy_with(payload));
        match self.wire(link).carry(&flight.payload, die, now) {
            Fate::Lost => {
                let is_cut = self.links[link].is_cut();
                self.swallow(link, flight, after, events);
                match by_rule {
                    Some(copy) if is_cut => after.lose(copy.payload),
                    Some(copy) => {
                        let passage = self.copy_passage(link, die, now);
                        self.travel(link, copy, passage, now, after, events);
                    }
                    None => {}
                }
            }
            Fate::Held => {
                self.hold(link, None, flight, events);
                if let Some(copy) = by_rule {
                    self.links[link].faulty.duplicated += 1;
                    events.push(EventKind::Duplicated);
                    self.wire(link).held.push_back((None, copy));
                }
            }
            Fate::Carried(passage, copy) => {
                let copy = copy.map(|(passage, payload)| (passage, flight.copy_with(payload)));
                self.travel(link, flight, passage, now, after, events);
                if let Some((passage, copy)) = copy {
                    self.travel(link, copy, passage, now, after, events);
                }
                if let Some(copy) = by_rule {
                    let Passage { due, .. } = self.copy_passage(link, die, now);
                    let behind = Passage { due, ..passage };
                    self.travel(link, copy, behind, now, after, events);
                }
            }
        }
    }

    fn copy_passage(&mut self, link: usize, die: Die, now: u64) -> Passage {
        Passage::at(self.wire(link).due(die, About::CopyLatency, now))
    }

    /// Whether the link is cut or held.
    pub(crate) fn is_stopped(&self, link: usize) -> bool {
        let wire = self.links[link].wire.as_ref();
        wire.is_some_and(|wire| wire.is_cut() || wire.is_held())
    }

    /// Keeps a segment back until it is released.
    pub(crate) fn hold(
        &mut self,
        link: usize,
        rule: Option<u64>,
        flight: Flight<P>,
        events: &mut Vec<EventKind>,
    ) {
        events.push(EventKind::Held);
        self.wire(link).held.push_back((rule, flight));
    }

    /// A segment is swallowed.
    pub(crate) fn swallow(
        &mut self,
        link: usize,
        flight: Flight<P>,
        after: &mut Aftermath<P>,
        events: &mut Vec<EventKind>,
    ) {
        events.push(EventKind::Lost);
        self.lose(link, flight, after);
    }

    /// A segment that was admitted finds that there is nobody to receive it.
    pub(crate) fn swallow_at_the_dead(
        &mut self,
        link: usize,
        flight: Flight<P>,
        after: &mut Aftermath<P>,
        events: &mut Vec<EventKind>,
    ) {
        if let Some(wire) = &self.links[link].wire {
            wire.cuts_met(1);
        }
        self.swallow(link, flight, after, events);
    }

    fn lose(&mut self, link: usize, flight: Flight<P>, after: &mut Aftermath<P>) {
        let link = &mut self.links[link];
        link.drop_one(flight.copy);
        after.lose(flight.payload);
        if !flight.copy {
            // It leaves room behind.
            link.senders.wake(after);
        }
        self.near_the_end(after);
    }

    /// A segment is on its way, if it does not arrive at once.
    pub(crate) fn travel(
        &mut self,
        link: usize,
        flight: Flight<P>,
        passage: Passage,
        now: u64,
        after: &mut Aftermath<P>,
        events: &mut Vec<EventKind>,
    ) {
        let faulty = &mut self.links[link].faulty;
        if flight.copy {
            faulty.duplicated += 1;
            events.push(EventKind::Duplicated);
        }
        if passage.overtakers > 0 {
            faulty.reordered += 1;
            events.push(EventKind::Reordered);
        }
        if passage.due <= now {
            self.due(link, flight, passage, after);
        } else {
            self.set_off(link, flight, passage, after);
        }
    }

    fn set_off(
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
        self.departures += 1;
        self.transit.push(Transit {
            passage,
            departure: self.departures,
            link: index(link),
            flight,
        });
    }

    /// The time of a segment has come: it arrives, unless it is to be overtaken.
    fn due(&mut self, link: usize, flight: Flight<P>, passage: Passage, after: &mut Aftermath<P>) {
        if passage.overtakers == 0 {
            return self.arrive(link, flight, after);
        }
        self.overtaken += 1;
        self.wire(link).overtaken.push(Overtaken {
            left: passage.overtakers,
            since: passage.due,
            flight,
        });
        // Where nobody tells when no task can run, receivers time how long it may wait.
        self.receivers.wake_all(after);
    }

    /// A segment arrives, and after it those that waited to be overtaken by it; and so on, as they
    /// overtake others in their turn.
    fn arrive(&mut self, link: usize, flight: Flight<P>, after: &mut Aftermath<P>) {
        if self.overtaken == 0 {
            return self.enqueue(link, flight, after);
        }
        let mut arriving = vec![flight];
        while let Some(flight) = arriving.pop() {
            let number = flight.number;
            self.enqueue(link, flight, after);
            if self.overtaken > 0 {
                let overtaken = self.wire(link).overtake(number);
                self.overtaken -= overtaken.len();
                // Right behind the last that they let by, and the first of them first.
                arriving.extend(
                    overtaken
                        .into_iter()
                        .rev()
                        .map(|overtaken| overtaken.flight),
                );
            }
        }
    }

    /// When the next segment on its way is due.
    pub(crate) fn next_due(&self) -> Option<u64> {
        self.transit.peek().map(|transit| transit.passage.due)
    }

    /// Lets arrive what is due.
    pub(crate) fn mature(&mut self, now: u64, after: &mut Aftermath<P>) {
        while self.next_due().is_some_and(|due| due <= now) {
            if let Some(transit) = self.transit.pop() {
                let link = transit.link as usize;
                self.links[link].faulty.in_transit -= 1;
                self.due(link, transit.flight, transit.passage, after);
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
                    self.arrive(link, flight, after);
                }
            }
        }
        self.overtaken < waiting
    }

    /// Since when the first of those waits that wait to be overtaken.
    pub(crate) fn first_overtaken(&self) -> Option<u64> {
        if self.overtaken == 0 {
            return None;
        }
        let wires = self.links.iter().filter_map(|link| link.wire.as_ref());
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

/// Losing what has not been received.
impl<P> Arrivals<P> {
    /// A shard has crashed: what it sent and what has not arrived is lost, and whoever waits to
    /// send for it is woken.
    pub(crate) fn lose_sender(&mut self, from: Sender, after: &mut Aftermath<P>) {
        let Some(link) = self.used_index(from.index) else {
            return;
        };
        self.links[link].senders.wake_all(after);
        self.lose_on_the_way(link, after);
    }

    /// Loses all that has not been received.
    pub(crate) fn lose_all(&mut self, after: &mut Aftermath<P>) {
        for arrived in std::mem::take(&mut self.queue) {
            self.lose(arrived.link as usize, arrived.flight, after);
        }
        for link in 0..self.links.len() {
            self.lose_on_the_way(link, after);
        }
    }

    /// Loses what is on its way on `link` or held there.
    fn lose_on_the_way(&mut self, link: usize, after: &mut Aftermath<P>) {
        if self.is_plain(link) {
            return;
        }
        self.lose_in_flight(link, after);
        for (_, flight) in std::mem::take(&mut self.wire(link).held) {
            self.lose(link, flight, after);
        }
    }

    /// Loses what is on its way on `link`; what is held stays. Returns how many were lost.
    fn lose_in_flight(&mut self, link: usize, after: &mut Aftermath<P>) -> u64 {
        let mut lost = 0;
        if self.links[link].faulty.in_transit > 0 {
            let on_link = |transit: &Transit<P>| transit.link as usize == link;
            let transit = std::mem::take(&mut self.transit).into_vec();
            let (gone, kept): (Vec<_>, Vec<_>) = transit.into_iter().partition(on_link);
            self.transit = kept.into();
            self.links[link].faulty.in_transit = 0;
            lost += gone.len() as u64;
            for transit in gone {
                self.lose(link, transit.flight, after);
            }
        }
        self.wire(link).clear();
        let overtaken = std::mem::take(&mut self.wire(link).overtaken);
        self.overtaken -= overtaken.len();
        lost += overtaken.len() as u64;
        for Overtaken { flight, .. } in overtaken {
            self.lose(link, flight, after);
        }
        lost
    }
}
