//! Faults on links that were not used yet. A link that nobody uses costs no more than a number for each
//! fault that is put on it.

use std::sync::Arc;

use crate::network::links::fault_state::FaultState;
use crate::network::links::link_faults::{Effect, LinkFaults};

/// The faults on unused links to one shard, in the order in which they were asked for.
pub(crate) struct UnusedFaults<P>(Vec<UnusedFault<P>>);

struct UnusedFault<P> {
    fault: Arc<FaultState>,
    effect: Effect<P>,
    /// Indices of the senders, in order. A link that was used since knows its faults itself, and what
    /// is said of it here holds no longer.
    senders: Vec<u32>,
}

impl<P> UnusedFaults<P> {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// Puts a fault on the link from `from`.
    pub(crate) fn add(&mut self, from: u32, fault: &Arc<FaultState>, effect: Effect<P>) {
        let newest = self.0.last_mut();
        match newest.filter(|newest| Arc::ptr_eq(&newest.fault, fault)) {
            Some(newest) if newest.senders.last().is_some_and(|&last| last < from) => {
                newest.senders.push(from);
            }
            Some(newest) => {
                let place = newest.senders.partition_point(|&other| other < from);
                newest.senders.insert(place, from);
            }
            None => self.0.push(UnusedFault {
                fault: fault.clone(),
                effect,
                senders: vec![from],
            }),
        }
    }

    /// Those on the link from `from`, oldest first.
    pub(crate) fn on(
        &self,
        from: u32,
    ) -> impl DoubleEndedIterator<Item = (&Arc<FaultState>, Effect<P>)> {
        let on = self.0.iter();
        let on = on.filter(move |it| it.senders.binary_search(&from).is_ok());
        on.map(|it| (&it.fault, it.effect))
    }

    /// The same as the faults of a link that is used from now on.
    pub(crate) fn of_used(&self, from: u32) -> Option<Box<LinkFaults<P>>> {
        let mut faults: Option<Box<LinkFaults<P>>> = None;
        for (fault, effect) in self.on(from) {
            faults.get_or_insert_default().add(fault.clone(), effect);
        }
        faults
    }

    /// Ends faults on all links.
    pub(crate) fn end(&mut self, which: impl Fn(&Arc<FaultState>, &Effect<P>) -> bool) {
        self.0.retain(|it| !which(&it.fault, &it.effect));
    }

    /// Ends the holds of the link from `from`.
    pub(crate) fn end_holds(&mut self, from: u32) {
        for held in self.0.iter_mut().filter(|it| it.effect.is_hold()) {
            if let Ok(place) = held.senders.binary_search(&from) {
                held.senders.remove(place);
            }
        }
    }

    /// The holds that stand on a link for which `is_unused`.
    pub(crate) fn holds(
        &self,
        is_unused: impl Fn(u32) -> bool,
    ) -> impl Iterator<Item = &Arc<FaultState>> {
        let holds = self.0.iter().filter(|it| it.effect.is_hold());
        let stand = holds.filter(move |it| it.senders.iter().any(|&from| is_unused(from)));
        stand.map(|it| &it.fault)
    }
}
