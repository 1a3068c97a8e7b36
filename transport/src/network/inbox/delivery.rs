//! What lies between a send and its arrival, on links that have faults: [`Arrivals`] beyond plain
//! delivery. Times are in milliseconds of the mesh's clock.

use crate::decision::die::{About, Die};
use crate::network::inbox::arrivals::{Arrivals, index};
use crate::network::links::due_queue::Scheduled;
use crate::network::links::in_flight::{InFlight, Overtaken, Passage};
use crate::network::links::link_faults::Fate;
use crate::network::links::wake_list::WakeList;
use crate::trace::record::Kind;

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
    /// Notes what happens to a segment.
    pub(crate) fn note_segment(
        &mut self,
        link: usize,
        kind: Kind,
        flight: &InFlight<P>,
        extra: u16,
    ) {
        let from = self.links[link].from;
        let segment = (from, flight.number, flight.tick);
        self.log.note_segment(kind, segment, None, extra);
    }

    /// Lets the faults of the link decide, beyond what a rule has asked for. A copy by chance was made
    /// where one may be needed.
    pub(crate) fn pass(
        &mut self,
        link: usize,
        flight: InFlight<P>,
        (by_rule, mut by_chance): (ByRule<P>, Option<P>),
        (die, now): (Die, u64),
        to_wake: &mut WakeList<P>,
    ) {
        let ByRule { copy, overtakers } = by_rule;
        let by_rule = copy.map(|payload| flight.copy_with(payload));
        match self.faults(link).carry(&mut by_chance, die, now) {
            Fate::Cut => {
                self.lose(link, flight, Kind::LostToCut, to_wake);
                if let Some(copy) = by_rule {
                    to_wake.lose(copy.payload);
                }
            }
            Fate::Lost => {
                self.lose(link, flight, Kind::LostByChance, to_wake);
                if let Some(copy) = by_rule {
                    let passage = self.copy_passage(link, die, now);
                    self.duplicate(link, &copy, Kind::DuplicatedByRule);
                    self.travel(link, copy, passage, now, to_wake);
                }
            }
            Fate::Held => {
                self.hold(link, None, flight);
                if let Some(copy) = by_rule {
                    self.duplicate(link, &copy, Kind::DuplicatedByRule);
                    self.faults(link).held.push_back((None, copy));
                }
            }
            Fate::Carried(mut passage, copy) => {
                let copy = copy.map(|(passage, payload)| (passage, flight.copy_with(payload)));
                self.reorder(link, &flight, passage.overtakers, Kind::ReorderedByChance);
                if passage.overtakers == 0 {
                    self.reorder(link, &flight, overtakers, Kind::ReorderedByRule);
                    passage.overtakers = overtakers;
                }
                self.travel(link, flight, passage, now, to_wake);
                if let Some((passage, copy)) = copy {
                    self.duplicate(link, &copy, Kind::DuplicatedByChance);
                    self.travel(link, copy, passage, now, to_wake);
                }
                if let Some(copy) = by_rule {
                    let behind = Passage {
                        overtakers: passage.overtakers,
                        ..self.copy_passage(link, die, now)
                    };
                    self.duplicate(link, &copy, Kind::DuplicatedByRule);
                    self.travel(link, copy, behind, now, to_wake);
                }
            }
        }
        if let Some(copy) = by_chance {
            to_wake.lose(copy);
        }
    }

    fn copy_passage(&mut self, link: usize, die: Die, now: u64) -> Passage {
        self.faults(link).passage(die, About::CopyLatency, now)
    }

    /// Counts a copy.
    fn duplicate(&mut self, link: usize, copy: &InFlight<P>, kind: Kind) {
        self.links[link].fault_counts.duplicated += 1;
        self.note_segment(link, kind, copy, 0);
    }

    /// Counts a segment that is to be overtaken, if it is.
    fn reorder(&mut self, link: usize, flight: &InFlight<P>, overtakers: u64, kind: Kind) {
        if overtakers > 0 {
            self.reorders = true;
            self.links[link].fault_counts.reordered += 1;
            let overtakers = u16::try_from(overtakers).unwrap_or(u16::MAX);
            self.note_segment(link, kind, flight, overtakers);
        }
    }

    /// Whether the link is cut or held.
    pub(crate) fn is_stopped(&self, link: usize) -> bool {
        let faults = self.links[link].faults.as_ref();
        faults.is_some_and(|faults| faults.is_cut() || faults.is_held())
    }

    /// Keeps a segment back until it is released.
    pub(crate) fn hold(&mut self, link: usize, rule: Option<u64>, flight: InFlight<P>) {
        self.note_segment(link, Kind::Held, &flight, 0);
        self.faults(link).held.push_back((rule, flight));
    }

    /// A segment is on its way, if it does not arrive at once.
    pub(crate) fn travel(
        &mut self,
        link: usize,
        flight: InFlight<P>,
        passage: Passage,
        now: u64,
        to_wake: &mut WakeList<P>,
    ) {
        if passage.due > now {
            self.set_off(link, flight, passage, to_wake);
        } else if passage.overtakers > 0 {
            self.wait_to_be_overtaken(link, flight, passage, to_wake);
        } else {
            self.let_in(link, flight, None, to_wake);
        }
    }

    pub(crate) fn set_off(
        &mut self,
        link: usize,
        flight: InFlight<P>,
        passage: Passage,
        to_wake: &mut WakeList<P>,
    ) {
        if self.next_due().is_none_or(|due| passage.due < due) {
            // Each receiver that waits has set its timer to what was due first until now, and each
            // must set it anew: any of them may go before it fires.
            self.receivers.wake_all(to_wake);
        }
        self.links[link].fault_counts.in_transit += 1;
        self.due_queue.push(Scheduled {
            flight,
            passage,
            link: index(link),
        });
    }

    /// The time of a segment has come, but later ones are to arrive before it.
    fn wait_to_be_overtaken(
        &mut self,
        link: usize,
        flight: InFlight<P>,
        passage: Passage,
        to_wake: &mut WakeList<P>,
    ) {
        self.overtaken += 1;
        self.faults(link).overtaken.push(Overtaken {
            left: passage.overtakers,
            since: passage.due,
            flight,
        });
        // Where nobody tells when no task can run, receivers time how long it may wait.
        self.receivers.wake_all(to_wake);
    }

    /// A segment arrives, later than it was sent: at `at`, or now.
    pub(crate) fn arrive(
        &mut self,
        link: usize,
        flight: InFlight<P>,
        at: Option<u64>,
        to_wake: &mut WakeList<P>,
    ) {
        self.note_arrival(link, &flight, at);
        self.let_in(link, flight, at, to_wake);
    }

    fn note_arrival(&mut self, link: usize, flight: &InFlight<P>, at: Option<u64>) {
        let from = self.links[link].from;
        let segment = (from, flight.number, flight.tick);
        self.log.note_segment(Kind::Arrived, segment, at, 0);
    }

    /// A segment arrives, and after it those that waited to be overtaken by it; and so on, as they
    /// overtake others in their turn.
    fn let_in(
        &mut self,
        link: usize,
        flight: InFlight<P>,
        at: Option<u64>,
        to_wake: &mut WakeList<P>,
    ) {
        let number = flight.number;
        self.enqueue(link, flight, to_wake);
        if self.overtaken > 0 {
            self.let_in_overtaken(link, number, at, to_wake);
        }
    }

    /// Lets in what waited to be overtaken by the segment `number`.
    fn let_in_overtaken(
        &mut self,
        link: usize,
        mut number: u64,
        at: Option<u64>,
        to_wake: &mut WakeList<P>,
    ) {
        let mut behind = Vec::new();
        loop {
            let overtaken = self.faults(link).overtake(number);
            self.overtaken -= overtaken.len();
            // Right behind the last that they let by, and the first of them first.
            behind.extend(overtaken.into_iter().rev().map(|it| it.flight));
            let Some(flight) = behind.pop() else {
                return;
            };
            number = flight.number;
            self.note_arrival(link, &flight, at);
            self.enqueue(link, flight, to_wake);
        }
    }

    /// When the next segment on its way is due.
    pub(crate) fn next_due(&self) -> Option<u64> {
        self.due_queue.next_due()
    }

    /// Lets arrive what is due.
    pub(crate) fn mature(&mut self, now: u64, to_wake: &mut WakeList<P>) {
        while self.next_due().is_some_and(|due| due <= now) {
            let Some(scheduled) = self.due_queue.pop() else {
                return;
            };
            let Scheduled {
                flight,
                passage,
                link,
            } = scheduled;
            let link = link as usize;
            self.links[link].fault_counts.in_transit -= 1;
            if passage.overtakers > 0 {
                self.wait_to_be_overtaken(link, flight, passage, to_wake);
            } else {
                self.arrive(link, flight, Some(passage.due), to_wake);
            }
        }
    }

    /// Lets those arrive that wait to be overtaken since `before` or earlier, where nothing is
    /// left on their link that could overtake them. Returns whether there were any.
    pub(crate) fn stop_waiting(&mut self, before: u64, to_wake: &mut WakeList<P>) -> bool {
        if self.overtaken == 0 {
            return false;
        }
        let waiting = self.overtaken;
        for link in 0..self.links.len() {
            if self.links[link].fault_counts.in_transit > 0 {
                continue;
            }
            if let Some(faults) = &mut self.links[link].faults {
                let overtaken = faults.overtaken_before(before);
                self.overtaken -= overtaken.len();
                for Overtaken { flight, .. } in overtaken {
                    self.arrive(link, flight, None, to_wake);
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
        let links = self
            .links
            .iter()
            .filter(|link| link.fault_counts.in_transit == 0);
        let faults = links.filter_map(|link| link.faults.as_ref());
        faults
            .flat_map(|faults| faults.overtaken.iter().map(|overtaken| overtaken.since))
            .min()
    }

    /// Whether nothing is on its way. What is held does not count.
    pub(crate) fn is_calm(&self) -> bool {
        self.due_queue.is_empty() && self.overtaken == 0
    }

    /// Whether something may still arrive that was sent: on its way, or held.
    pub(crate) fn expects(&self) -> bool {
        !self.is_calm()
            || self.links.iter().any(|link| {
                link.faults
                    .as_ref()
                    .is_some_and(|faults| !faults.held.is_empty())
            })
    }
}
