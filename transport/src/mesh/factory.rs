use std::fmt::{self, Debug};
use std::sync::Arc;

use crate::contract::payload::WalSegmentPayload;
use crate::contract::shard_id::ShardId;
use crate::mesh::endpoint::InProcessTransport;
use crate::mesh::mesh::Mesh;
use crate::network::inbox::arrivals::EndpointState;
use crate::network::inbox::shard::Shard;
use crate::network::links::wake_list::WakeList;
use crate::network::network::Network;
use crate::network::shard_table::ShardTable;

/// How many segments a link holds unless told.
const DEFAULT_CAPACITY: usize = 256;

/// Makes the shards of one mesh and wires them: what the attribute does, by hand.
///
/// Nothing is global: shards of two factories never see each other. A clone makes shards of the
/// same mesh. The factory does not keep endpoints alive.
///
/// ```
/// use shard_mesh::{InProcessTransportFactory, ShardId, WalSegmentPayload};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let factory = InProcessTransportFactory::new();
/// let leader = factory.create(ShardId(0));
/// let follower = factory.create(ShardId(1));
/// factory.connect(ShardId(0), ShardId(1));
///
/// let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
/// leader.send_segment(ShardId(1), segment.clone()).await.unwrap();
/// assert_eq!(follower.recv_segment().await, Some(segment));
/// # });
/// ```
pub struct InProcessTransportFactory<P = WalSegmentPayload> {
    network: Arc<Network<P>>,
}

impl<P: Debug + Send + 'static> InProcessTransportFactory<P> {
    /// A mesh without shards, whose links hold 256 segments each.
    ///
    /// ```
    /// use shard_mesh::InProcessTransportFactory;
    ///
    /// let factory = InProcessTransportFactory::<String>::new();
    /// assert!(factory.mesh().shards().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self {
            network: Arc::new(Network::new(DEFAULT_CAPACITY)),
        }
    }

    /// Gives each link of this mesh room for `capacity` segments that were sent and not yet
    /// received. A sender that finds its link full waits for room.
    ///
    /// # Panics
    ///
    /// If `capacity` is 0, as a send could never complete; or if the factory is in use already: it
    /// has made a shard, was cloned, or has given out its [`mesh`](Self::mesh).
    ///
    /// ```
    /// use shard_mesh::{InProcessTransportFactory, ShardId};
    ///
    /// let factory = InProcessTransportFactory::new().with_capacity(1);
    /// let (a, _b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// assert!(a.try_send_segment(ShardId(1), "first").is_ok());
    /// assert!(a.try_send_segment(ShardId(1), "second").is_err());
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_capacity(self, capacity: usize) -> Self {
        assert!(
            capacity > 0,
            "a link of capacity 0 could never carry a segment: give it room for at least 1"
        );
        // An endpoint, a clone and a mesh each hold the network.
        assert!(
            Arc::strong_count(&self.network) == 1 && self.network.shards().iter().next().is_none(),
            "the capacity of links is set before the factory is used: write \
             `InProcessTransportFactory::new().with_capacity({capacity})`"
        );
        Self {
            network: Arc::new(Network::new(capacity)),
        }
    }

    /// Makes the endpoint of the shard `id`.
    ///
    /// An `id` whose endpoint was dropped may be created again: that is a new shard of the same
    /// name, to which no link leads until it is connected.
    ///
    /// # Panics
    ///
    /// If `id` has a live endpoint, or has crashed.
    ///
    /// ```
    /// use shard_mesh::{InProcessTransportFactory, ShardId};
    ///
    /// let factory = InProcessTransportFactory::<String>::new();
    /// assert_eq!(factory.create(ShardId(3)).local_shard(), ShardId(3));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn create(&self, id: ShardId) -> Arc<InProcessTransport<P>> {
        match self.network.create(id) {
            Ok(created) => Arc::new(InProcessTransport::new(self.network.clone(), created)),
            Err(EndpointState::Crashed) => {
                panic!("shard {id} has crashed: call `mesh.restart(ShardId({id}))` instead")
            }
            Err(EndpointState::Alive | EndpointState::Dropped) => panic!(
                "shard {id} has a live endpoint already: clone that one, drop it first, or create another id"
            ),
        }
    }

    /// Wires a link, one way, from one shard to another. On a link that is open this is without
    /// effect; one that was closed opens again, and what was sent on it before stays. A shard whose
    /// endpoint was dropped sends nothing more, so a link from it stays closed.
    ///
    /// # Panics
    ///
    /// If one of the two was never created, or both are the same.
    ///
    /// ```
    /// use shard_mesh::{InProcessTransportFactory, ShardId};
    ///
    /// let factory = InProcessTransportFactory::new();
    /// let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// assert!(a.try_send_segment(ShardId(1), 'x').is_ok());
    /// assert!(b.try_send_segment(ShardId(0), 'x').is_err()); // one way
    /// ```
    #[track_caller]
    pub fn connect(&self, from: ShardId, to: ShardId) {
        assert!(
            from != to,
            "a link from shard {from} to itself: connect it to another shard"
        );
        let shards = self.network.shards();
        let (from, to) = (created(&shards, from), created(&shards, to));
        // Under the table's lock, so that the endpoint is not dropped meanwhile.
        if from.endpoint() != EndpointState::Dropped {
            to.open(from);
        }
    }

    /// Closes the link from one shard to another; without effect if there is none. What was sent
    /// on it can still be received; tasks that wait for room on it get
    /// [`UnknownPeer`](crate::TransportError::UnknownPeer).
    ///
    /// # Panics
    ///
    /// If one of the two was never created.
    ///
    /// ```
    /// use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    ///
    /// let factory = InProcessTransportFactory::new();
    /// let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// factory.disconnect(ShardId(0), ShardId(1));
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Closed));
    /// ```
    #[track_caller]
    pub fn disconnect(&self, from: ShardId, to: ShardId) {
        let mut to_wake = WakeList::new();
        let shards = self.network.shards();
        let from = created(&shards, from);
        created(&shards, to).close(from, &mut to_wake);
    }

    /// The handle to everything but sending and receiving.
    ///
    /// ```
    /// use shard_mesh::{InProcessTransportFactory, ShardId};
    ///
    /// let factory = InProcessTransportFactory::<String>::new();
    /// let _a = factory.create(ShardId(0));
    /// assert_eq!(factory.mesh().shards(), [ShardId(0)]);
    /// ```
    #[must_use]
    pub fn mesh(&self) -> Mesh<P> {
        Mesh::new(self.network.clone())
    }

    pub(crate) fn network(&self) -> &Arc<Network<P>> {
        &self.network
    }
}

#[track_caller]
pub(crate) fn created<P>(shards: &ShardTable<P>, id: ShardId) -> &Arc<Shard<P>> {
    let Some(shard) = shards.get(id) else {
        panic!(
            "shard {id} was never created: declare it in the attribute's `leader`, `followers` or \
             `peers`, or call `factory.create(ShardId({id}))` first"
        );
    };
    shard
}

impl<P: Debug + Send + 'static> Default for InProcessTransportFactory<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> Clone for InProcessTransportFactory<P> {
    fn clone(&self) -> Self {
        Self {
            network: self.network.clone(),
        }
    }
}

impl<P> Debug for InProcessTransportFactory<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessTransportFactory")
            .field("capacity", &self.network.capacity)
            .finish_non_exhaustive()
    }
}
