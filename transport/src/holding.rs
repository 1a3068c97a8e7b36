//! Faults that come and go on the links of [`Arrivals`], and what they keep back.

use std::sync::Arc;

use crate::aftermath::Aftermath;
use crate::arrivals::Arrivals;
use crate::fault::FaultState;
use crate::link::Sender;
use crate::log::Kind;
use crate::wire::{Effect, Flight, Passage, Wire};

impl<P> Arrivals<P> {
    pub(crate) fn wire(&mut self, link: usize) -> &mut Wire<P> {
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
            let lost = self.lose_in_flight(link, Kind::LostToCut, after);
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
            self.lose(link, flight, Kind::LostToCut, after);
        } else if on_the_way {
            let due = wire.last_due();
            self.set_off(link, flight, Passage::at(due), after);
        } else {
            self.arrive(link, flight, None, after);
        }
    }
}
