use std::fmt::{self, Debug};
use std::sync::Arc;

use crate::network::links::fault_state::FaultState;
use crate::network::network::Network;
use crate::trace::fault_info::FaultInfo;

/// One fault, as the verb that asked for it returns it. Dropping it does nothing.
///
/// ```
/// use shard_mesh::{Endpoint, Mesh, ShardId, WalSegmentPayload};
///
/// #[shard_mesh::test(leader = 0, followers = [1])]
/// async fn main(leader: Endpoint, follower: Endpoint, mesh: Mesh) {
///     let cut = mesh.link(0, 1).cut();
///     let segment = |number| WalSegmentPayload::new(ShardId(0), number, "put k v");
///     leader.send_segment(ShardId(1), segment(1)).await.unwrap(); // swallowed
///     cut.heal();
///     leader.send_segment(ShardId(1), segment(2)).await.unwrap();
///     assert_eq!(follower.recv_segment().await, Some(segment(2)));
/// }
/// ```
pub struct Fault<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    state: Arc<FaultState>,
}

impl<P: Debug + Send + 'static> Fault<P> {
    pub(crate) fn new(network: Arc<Network<P>>, state: Arc<FaultState>) -> Self {
        Self { network, state }
    }

    /// Ends this fault; others on the same links stand. What was held by nothing but this fault
    /// is released. To heal twice is without effect.
    pub fn heal(&self) {
        self.network.heal(&self.state);
    }

    /// Lets the fault be inert: without this, a fault that meets no segment fails the test, which
    /// did not test what it says.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_a: Endpoint, _b: Endpoint, mesh: Mesh) {
    ///     // Nothing is sent, and that is no failure.
    ///     mesh.link(0, 1).cut().optional();
    /// }
    /// ```
    #[allow(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "the fault stands without its handle"
    )]
    pub fn optional(self) -> Self {
        self.state.set_optional();
        self
    }
}

impl<P: Debug + Send + 'static> Debug for Fault<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FaultInfo { what, asked, .. } = &*self.state.info;
        write!(f, "Fault({what} at {asked})")
    }
}
