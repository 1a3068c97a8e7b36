//! What a fault that begins or ends does to what was sent before, on the links of [`Arrivals`]: a cut
//! loses what is in flight, the end of a hold lets go what it kept back.

use std::sync::Arc;

use crate::network::inbox::arrivals::Arrivals;
use crate::network::links::fault_state::FaultState;
use crate::network::links::in_flight::InFlight;
use crate::network::links::link_faults::{Effect, LinkFaults};
use crate::network::links::wake_list::WakeList;
use crate::trace::record::Kind;
use crate::trace::shard_key::ShardKey;

impl<P> Arrivals<P> {
    pub(crate) fn faults(&mut self, link: usize) -> &mut LinkFaults<P> {
        self.links[link].faults.get_or_insert_default()
    }

    /// Puts `effect` on the link from `from`.
    pub(crate) fn add_fault(
        &mut self,
        from: ShardKey,
        fault: &Arc<FaultState>,
        effect: Effect<P>,
        to_wake: &mut WakeList<P>,
    ) {
        if self.is_unused(from.index) {
            self.unused_faults.add(from.index, fault, effect);
            return;
        }
        let Some(link) = self.used_index(from.index) else {
            return;
        };
        self.faults(link).add(fault.clone(), effect);
        if matches!(effect, Effect::Cut) {
            let lost = self.lose_in_flight(link, Kind::LostToCut, to_wake);
            self.faults(link).cuts_met(lost);
            // Whoever waits for room need not wait on a link that swallows.
            self.links[link].senders.wake_all(to_wake);
        }
    }

    /// Ends faults on every link, and releases what no hold keeps any more.
    pub(crate) fn end_faults(
        &mut self,
        which: impl Fn(&Arc<FaultState>, &Effect<P>) -> bool,
        to_wake: &mut WakeList<P>,
    ) {
        self.unused_faults.end(&which);
        for link in 0..self.links.len() {
            let Some(faults) = &mut self.links[link].faults else {
                continue;
            };
            let held = faults.is_held();
            faults.end(&which);
            if held && !faults.is_held() {
                self.release_held(link, |rule| rule.is_none(), to_wake);
            }
        }
    }

    /// Delivers what is held on the link from `from`, and ends its holds.
    pub(crate) fn release(&mut self, from: ShardKey, to_wake: &mut WakeList<P>) {
        let Some(link) = self.used_index(from.index) else {
            self.unused_faults.end_holds(from.index);
            return;
        };
        if let Some(faults) = &mut self.links[link].faults {
            faults.end(|_, effect| effect.is_hold());
            self.release_held(link, |_| true, to_wake);
        }
    }

    /// Delivers the oldest segment that is held on the link from `from`.
    pub(crate) fn deliver_next(&mut self, from: ShardKey, to_wake: &mut WakeList<P>) {
        let Some(link) = self.used_index(from.index) else {
            return;
        };
        let faults = self.links[link].faults.as_mut();
        if let Some((_, flight)) = faults.and_then(|faults| faults.held.pop_front()) {
            self.let_go(link, flight, to_wake);
        }
    }

    /// Delivers what the rule `rule` holds.
    pub(crate) fn release_rule(&mut self, rule: u64, to_wake: &mut WakeList<P>) {
        for link in 0..self.links.len() {
            self.release_held(link, |by| by == Some(rule), to_wake);
        }
    }

    fn release_held(
        &mut self,
        link: usize,
        which: impl Fn(Option<u64>) -> bool,
        to_wake: &mut WakeList<P>,
    ) {
        let Some(faults) = &mut self.links[link].faults else {
            return;
        };
        for (rule, flight) in std::mem::take(&mut faults.held) {
            if which(rule) {
                self.let_go(link, flight, to_wake);
            } else {
                self.faults(link).held.push_back((rule, flight));
            }
        }
    }

    /// Lets what chaos has slowed arrive as if it had not: from `now` on.
    pub(crate) fn speed_up(&mut self, now: u64, to_wake: &mut WakeList<P>) {
        if self.due_queue.speed_up(now) {
            let links = self.links.iter_mut();
            for faults in links.filter_map(|link| link.faults.as_mut()) {
                faults.speed_up();
            }
            // Their timers are set to what was due first.
            self.receivers.wake_all(to_wake);
            self.mature(now, to_wake);
        }
    }

    /// A segment that was held goes on, behind what is still on the wire, unless the link is cut.
    pub(crate) fn let_go(&mut self, link: usize, flight: InFlight<P>, to_wake: &mut WakeList<P>) {
        let on_the_way = self.links[link].fault_counts.in_transit > 0;
        let faults = self.faults(link);
        if faults.is_cut() {
            faults.cuts_met(1);
            self.lose(link, flight, Kind::LostToCut, to_wake);
        } else if on_the_way {
            let behind = faults.last_passage();
            self.set_off(link, flight, behind, to_wake);
        } else {
            self.arrive(link, flight, None, to_wake);
        }
    }
}
