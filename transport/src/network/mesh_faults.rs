//! Faults that come and go in a whole mesh: which were asked for, and on which links they are.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::kind::Kind as ChaosKind;
use crate::network::inbox::arrivals::Arrivals;
use crate::network::links::fault_state::FaultState;
use crate::network::links::link_faults::Effect;
use crate::network::links::new_fault::NewFault;
use crate::network::links::rules::Rule;
use crate::network::links::wake_list::WakeList;
use crate::network::network::Network;
use crate::sync::lock;
use crate::trace::fault_info::{FaultInfo, Verb};
use crate::trace::record::Kind;
use crate::trace::shard_key::ShardKey;

impl<P> Network<P> {
    /// Notes that a fault begins or ends.
    fn note_fault(&self, kind: Kind, fault: &FaultState) {
        let nobody = ShardKey {
            id: ShardId::default(),
            index: 0,
        };
        lock(&self.log).note(&self.clock, 0, (kind, nobody, fault.number));
        #[cfg(feature = "tracing")]
        if self.context.run().is_some() {
            let what = match kind {
                Kind::FaultBegan => "began",
                _ => "ended",
            };
            crate::trace::emit::trace_fault(what, &fault.info, self.context.stamp());
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

    /// Puts a fault on links, which this line asked for; or chaos did, by this kind.
    pub(crate) fn add_fault(
        &self,
        fault: NewFault<P>,
        (asked, by_chaos): (&'static Location<'static>, Option<ChaosKind>),
        links: Vec<(ShardId, ShardId)>,
    ) -> Arc<FaultState> {
        let (effect, verb, probability) = (fault.effect, fault.verb(), fault.probability());
        let mut what = fault.what;
        if links.is_empty() {
            what += ", on a selection of no links,";
        }
        let info = FaultInfo {
            what,
            asked,
            links,
            verb,
            by_chaos,
        };
        let fault = self.begin_fault(info, probability);
        if matches!(effect, Effect::Duplicate(..)) {
            self.context.rules.clones();
        }
        self.on_links(&fault.info.links, |arrivals, from, to_wake| {
            arrivals.add_fault(from, &fault, effect, to_wake);
        });
        fault
    }

    pub(crate) fn heal(&self, fault: &Arc<FaultState>) {
        self.end_fault(fault);
        self.on_all(|arrivals, to_wake| {
            arrivals.end_faults(|standing, _| Arc::ptr_eq(standing, fault), to_wake);
        });
    }

    pub(crate) fn heal_cuts(&self) {
        for fault in self.standing(Verb::Cut) {
            self.end_fault(&fault);
        }
        self.on_all(|arrivals, to_wake| arrivals.end_faults(|_, effect| effect.is_cut(), to_wake));
    }

    /// Notes which holds stand on no link any more.
    pub(crate) fn end_holds(&self) {
        let mut standing = Vec::new();
        self.on_all(|arrivals, _| {
            let faults = arrivals
                .links
                .iter()
                .filter_map(|link| link.faults.as_ref());
            standing.extend(faults.flat_map(|faults| faults.holds()).cloned());
            let unused = arrivals
                .unused_faults
                .holds(|from| arrivals.is_unused(from));
            standing.extend(unused.cloned());
        });
        for fault in self.standing(Verb::Hold) {
            if !standing.iter().any(|other| Arc::ptr_eq(other, &fault)) {
                self.end_fault(&fault);
            }
        }
    }

    /// Ends every fault and every rule.
    pub(crate) fn heal_all(&self) {
        let faults = self.faults();
        let on_links = faults.iter().filter(|it| it.info.verb != Verb::Rule);
        for fault in on_links.filter(|it| it.stands()) {
            self.end_fault(fault);
        }
        self.on_all(|arrivals, to_wake| arrivals.end_faults(|_, _| true, to_wake));
        // After the cuts, which would swallow what a rule held.
        for rule in self.context.rules.standing().iter() {
            self.end_rule(rule);
        }
    }

    pub(crate) fn end_rule(&self, rule: &Arc<Rule<P>>) {
        if self.context.rules.end(rule) {
            self.on_all(|arrivals, to_wake| arrivals.release_rule(rule.id, to_wake));
            self.end_fault(&rule.state);
        }
    }

    /// No task can run: what waits to be overtaken waits no longer, if nothing is left that could
    /// overtake it. Returns whether anything arrived.
    pub(crate) fn stop_waiting(&self) -> bool {
        let mut any = false;
        if !self.context.reorders.load(Ordering::Acquire) {
            return any;
        }
        self.on_all(|arrivals, to_wake| any |= arrivals.stop_waiting(u64::MAX, to_wake));
        any
    }

    /// Changes every inbox.
    pub(crate) fn on_all(&self, mut change: impl FnMut(&mut Arrivals<P>, &mut WakeList<P>)) {
        let now = self.context.time();
        let mut to_wake = WakeList::new();
        for shard in self.shards().iter() {
            shard.with_arrivals(now, &mut to_wake, &mut change);
        }
    }

    /// Changes links, inbox by inbox: calls `change` with the inbox, and the sender.
    pub(crate) fn on_links(
        &self,
        links: &[(ShardId, ShardId)],
        mut change: impl FnMut(&mut Arrivals<P>, ShardKey, &mut WakeList<P>),
    ) {
        let now = self.context.time();
        let mut to_wake = WakeList::new();
        let shards = self.shards();
        let mut senders = vec![Vec::new(); shards.iter().count()];
        for (from, to) in links {
            if let (Some(from), Some(to)) = (shards.get(*from), shards.get(*to)) {
                senders[to.key.index as usize].push(from.key.index);
            }
        }
        let inboxes = shards.iter().zip(senders);
        for (to, senders) in inboxes.filter(|(_, senders)| !senders.is_empty()) {
            to.with_arrivals(now, &mut to_wake, |arrivals, to_wake| {
                for from in senders {
                    change(arrivals, shards.at(from).key, to_wake);
                }
            });
        }
    }
}
