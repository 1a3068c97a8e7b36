//! Faults that come and go in a whole mesh: which were asked for, and on which links they are.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::ShardId;
use crate::aftermath::Aftermath;
use crate::arrivals::Arrivals;
use crate::fault::{FaultInfo, FaultState, Verb};
use crate::link::Sender;
use crate::log::Kind;
use crate::network::Network;
use crate::sync::lock;
use crate::wire::{Effect, Wire};

impl<P> Network<P> {
    /// Notes that a fault begins or ends.
    fn note_fault(&self, kind: Kind, fault: &FaultState) {
        let nobody = Sender {
            id: ShardId::default(),
            index: 0,
        };
        lock(&self.log).note(&self.clock, 0, (kind, nobody, fault.number));
        #[cfg(feature = "tracing")]
        if let Some(observer) = self.observer() {
            let what = match kind {
                Kind::FaultBegan => "began",
                _ => "ended",
            };
            crate::traced::trace_fault(what, &fault.info, observer.now());
        }
    }

    /// A fault that was asked for, so that the reports know of it.
    pub(crate) fn begin_fault(&self, info: FaultInfo, probability: Option<f64>) -> Arc<FaultState> {
        let mut faults = lock(&self.faults);
        let number = faults.len() as u64;
        let fault = Arc::new(FaultState::new(info, number, probability));
        faults.push(fault.clone());
        drop(faults);
        self.note_fault(Kind::FaultBegan, &fault);
        fault
    }

    /// A fault stands no longer.
    pub(crate) fn end_fault(&self, fault: &FaultState) {
        if fault.end() {
            self.note_fault(Kind::FaultEnded, fault);
        }
    }

    pub(crate) fn faults(&self) -> Vec<Arc<FaultState>> {
        lock(&self.faults).clone()
    }

    /// The faults of one kind that have not ended.
    fn standing(&self, verb: Verb) -> Vec<Arc<FaultState>> {
        let faults = lock(&self.faults);
        let standing = faults
            .iter()
            .filter(|it| it.info.verb == verb && it.stands());
        standing.cloned().collect()
    }

    /// Puts a fault on its links.
    pub(crate) fn add_fault(
        &self,
        info: FaultInfo,
        probability: Option<f64>,
        effect: Effect<P>,
    ) -> Arc<FaultState> {
        let fault = self.begin_fault(info, probability);
        if matches!(effect, Effect::Reorder(_)) {
            self.reorders.store(true, Ordering::Release);
        }
        self.on_links(&fault.info.links, |arrivals, from, after| {
            arrivals.add_fault(from, &fault, effect, after);
        });
        fault
    }

    pub(crate) fn heal(&self, fault: &Arc<FaultState>) {
        self.end_fault(fault);
        self.on_all(|arrivals, after| arrivals.change_wires(|wire| wire.heal(fault), after));
    }

    pub(crate) fn heal_cuts(&self) {
        for fault in self.standing(Verb::Cut) {
            self.end_fault(&fault);
        }
        self.on_all(|arrivals, after| arrivals.change_wires(Wire::heal_cuts, after));
    }

    /// Notes which holds stand on no link any more.
    pub(crate) fn end_holds(&self) {
        let mut standing = Vec::new();
        self.on_all(|arrivals, _| {
            let wires = arrivals.links.iter().filter_map(|link| link.wire.as_ref());
            standing.extend(wires.flat_map(|wire| wire.holds()).cloned());
        });
        for fault in self.standing(Verb::Hold) {
            if !standing.iter().any(|other| Arc::ptr_eq(other, &fault)) {
                self.end_fault(&fault);
            }
        }
    }

    pub(crate) fn release_rule(&self, rule: u64) {
        self.on_all(|arrivals, after| arrivals.release_rule(rule, after));
    }

    /// No task can run: what waits to be overtaken waits no longer, if nothing is left that could
    /// overtake it. Returns whether anything arrived.
    pub(crate) fn stop_waiting(&self) -> bool {
        let mut any = false;
        if !self.reorders.load(Ordering::Acquire) {
            return any;
        }
        self.on_all(|arrivals, after| any |= arrivals.stop_waiting(u64::MAX, after));
        any
    }

    /// Changes every inbox.
    pub(crate) fn on_all(&self, mut change: impl FnMut(&mut Arrivals<P>, &mut Aftermath<P>)) {
        let now = self.time();
        let mut after = Aftermath::new();
        for shard in self.shards().iter() {
            shard.with_arrivals(now, &mut after, &mut change);
        }
    }

    /// Changes links: calls `change` with the inbox, and the sender.
    pub(crate) fn on_links(
        &self,
        links: &[(ShardId, ShardId)],
        mut change: impl FnMut(&mut Arrivals<P>, Sender, &mut Aftermath<P>),
    ) {
        let now = self.time();
        let mut after = Aftermath::new();
        let shards = self.shards();
        for (from, to) in links {
            if let (Some(from), Some(to)) = (shards.get(*from), shards.get(*to)) {
                let change = |arrivals: &mut _, after: &mut _| change(arrivals, from.key, after);
                to.with_arrivals(now, &mut after, change);
            }
        }
    }
}
