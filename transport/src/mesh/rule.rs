use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::network::fault_state::FaultState;
use crate::network::rules::{EndedRule, Judge};
use crate::network::state::Network;

/// A rule that stands until this is dropped, which releases what the rule held.
///
/// See [`Mesh::rule`](crate::Mesh::rule).
#[must_use = "a rule ends when its guard is dropped"]
pub struct RuleGuard<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    id: u64,
    state: Arc<FaultState>,
    ended: Arc<AtomicBool>,
}

impl<P: Debug + Send + 'static> RuleGuard<P> {
    pub(crate) fn new(network: Arc<Network<P>>, state: Arc<FaultState>, judge: Judge<P>) -> Self {
        let (id, ended) = network.context.rules.add(state.clone(), judge);
        Self {
            network,
            id,
            state,
            ended,
        }
    }

    /// Lets the rule be inert: without this, a rule that is asked about no segment fails the test.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, Verdict};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_a: Endpoint, _b: Endpoint, mesh: Mesh) {
    ///     let _rule = mesh.rule(|_| Verdict::Drop).optional();
    /// }
    /// ```
    pub fn optional(self) -> Self {
        self.state.set_optional();
        self
    }
}

impl<P: Debug + Send + 'static> Drop for RuleGuard<P> {
    fn drop(&mut self) {
        let rule = EndedRule {
            id: self.id,
            state: self.state.clone(),
            ended: self.ended.clone(),
        };
        // What goes in the panic of the test is reported on as it was.
        if self.network.context.spares() {
            self.network.spare_rule(rule);
        } else {
            self.network.end_rule(&rule);
        }
    }
}

impl<P: Debug + Send + 'static> Debug for RuleGuard<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleGuard({})", self.state.info.asked)
    }
}
