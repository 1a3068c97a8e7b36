use std::fmt::{self, Debug};
use std::sync::Arc;

use crate::network::links::fault_state::FaultState;
use crate::network::links::rules::{Judge, Rule};
use crate::network::network::Network;

/// A rule that stands until this is dropped, which releases what the rule held.
///
/// See [`Mesh::rule`](crate::Mesh::rule).
#[must_use = "a rule ends when its guard is dropped"]
pub struct RuleGuard<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    rule: Arc<Rule<P>>,
}

impl<P: Debug + Send + 'static> RuleGuard<P> {
    pub(crate) fn new(network: Arc<Network<P>>, state: Arc<FaultState>, judge: Judge<P>) -> Self {
        let rule = network.context.rules.add(state, judge);
        Self { network, rule }
    }

    /// Ends the rule now, as a drop of the guard does: it is asked no more, and what it held goes on.
    /// To heal twice is without effect.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError, Verdict};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// let rule = factory.mesh().rule(|_| Verdict::Hold);
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// rule.heal();
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// ```
    pub fn heal(&self) {
        self.network.end_rule(&self.rule);
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
        self.rule.state.set_optional();
        self
    }
}

impl<P: Debug + Send + 'static> Drop for RuleGuard<P> {
    fn drop(&mut self) {
        // What goes in the panic of the test is reported on as it was.
        if self.network.context.spares() {
            self.network.spare_rule(self.rule.clone());
        } else {
            self.heal();
        }
    }
}

impl<P: Debug + Send + 'static> Debug for RuleGuard<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleGuard({})", self.rule.state.info.asked)
    }
}
