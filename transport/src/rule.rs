use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::ShardId;
use crate::fault::FaultState;
use crate::network::Network;
use crate::sync::{Mutex, MutexGuard, lock};

/// A segment that is being sent, as a rule sees it.
///
/// See [`Mesh::rule`](crate::Mesh::rule).
#[derive(Debug)]
#[non_exhaustive]
pub struct Message<'a, P> {
    /// The sending shard.
    pub from: ShardId,
    /// The shard to which it is sent.
    pub to: ShardId,
    /// Its number on its link, from 1.
    pub number: u64,
    /// What is sent; a rule may change it.
    pub payload: &'a mut P,
}

impl<'a, P> Message<'a, P> {
    pub(crate) fn new(from: ShardId, to: ShardId, number: u64, payload: &'a mut P) -> Self {
        Self {
            from,
            to,
            number,
            payload,
        }
    }
}

/// What a rule decides for one segment, and for it alone: others may overtake it.
///
/// See [`Mesh::rule`](crate::Mesh::rule).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<P> {
    /// The next rule decides, or, after the last, the faults of the link.
    Pass,
    /// It arrives at once, past all other rules and faults.
    Deliver,
    /// It arrives after this time, unless the link is cut or held.
    Delay(Duration),
    /// It is lost; the sender is told that all is well.
    Drop,
    /// It passes, and this arrives after it.
    Duplicate(P),
    /// It is kept back until the rule ends or the link is told to
    /// [release](crate::Links::release) it.
    Hold,
}

type Judge<P> = Box<dyn FnMut(&mut Message<'_, P>) -> Verdict<P> + Send>;

/// The rules of a mesh, the newest last.
pub(crate) struct Rules<P> {
    rules: Vec<(u64, Arc<FaultState>, Judge<P>)>,
    last: u64,
}

impl<P> Rules<P> {
    /// What the first rule says that does not pass, from the newest on, and which it is.
    pub(crate) fn judge(&mut self, mut message: Message<'_, P>) -> (Verdict<P>, u64) {
        for (id, state, judge) in self.rules.iter_mut().rev() {
            state.met(1);
            let verdict = judge(&mut message);
            if !matches!(verdict, Verdict::Pass) {
                return (verdict, *id);
            }
        }
        (Verdict::Pass, 0)
    }
}

/// The rules of a mesh, which most meshes do not have.
pub(crate) struct RuleBook<P> {
    any: AtomicBool,
    rules: Mutex<Rules<P>>,
}

impl<P> RuleBook<P> {
    pub(crate) fn new() -> Self {
        Self {
            any: AtomicBool::new(false),
            rules: Mutex::new(Rules {
                rules: Vec::new(),
                last: 0,
            }),
        }
    }

    #[inline]
    pub(crate) fn lock_if_any(&self) -> Option<MutexGuard<'_, Rules<P>>> {
        self.any.load(Ordering::Acquire).then(|| lock(&self.rules))
    }

    pub(crate) fn add(&self, state: Arc<FaultState>, judge: Judge<P>) -> u64 {
        let mut rules = lock(&self.rules);
        rules.last += 1;
        let id = rules.last;
        rules.rules.push((id, state, judge));
        self.any.store(true, Ordering::Release);
        id
    }

    /// The rules that stand.
    pub(crate) fn states(&self) -> Vec<Arc<FaultState>> {
        let rules = lock(&self.rules);
        rules
            .rules
            .iter()
            .map(|(_, state, _)| state.clone())
            .collect()
    }

    fn remove(&self, id: u64) -> Option<Judge<P>> {
        let mut rules = lock(&self.rules);
        let index = rules.rules.iter().position(|(rule, ..)| *rule == id)?;
        let (_, _, judge) = rules.rules.remove(index);
        self.any.store(!rules.rules.is_empty(), Ordering::Release);
        Some(judge)
    }
}

/// A rule that stands until this is dropped, which releases what the rule held.
///
/// See [`Mesh::rule`](crate::Mesh::rule).
#[must_use = "a rule ends when its guard is dropped"]
pub struct RuleGuard<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    id: u64,
    state: Arc<FaultState>,
}

impl<P: Debug + Send + 'static> RuleGuard<P> {
    pub(crate) fn new(network: Arc<Network<P>>, id: u64, state: Arc<FaultState>) -> Self {
        Self { network, id, state }
    }

    /// Lets the rule be inert: without this, a rule that is asked about no segment fails the test.
    pub fn optional(self) -> Self {
        self.state.set_optional();
        self
    }
}

impl<P: Debug + Send + 'static> Drop for RuleGuard<P> {
    fn drop(&mut self) {
        let judge = self.network.rules.remove(self.id);
        self.network.release_rule(self.id);
        // The test's code, which may own anything, goes with no lock held.
        drop(judge);
    }
}

impl<P: Debug + Send + 'static> Debug for RuleGuard<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleGuard({})", self.state.asked)
    }
}
