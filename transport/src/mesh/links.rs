#![allow(
    clippy::must_use_candidate,
    reason = "a fault stands without its handle"
)]

use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;

use crate::contract::shard_id::ShardId;
use crate::decision::latency::Latency;
use crate::mesh::fault::Fault;
use crate::network::inbox::arrivals::Arrivals;
use crate::network::links::new_fault::NewFault;
use crate::network::network::Network;

/// Some links of a mesh, to say what happens to them: `mesh.link(a, b).loss(0.1)`.
///
/// A selection holds the links that are open, or keep something back, when it is made. Each verb puts a fault on all of
/// them and returns its [`Fault`]. Faults stack: a link is cut while any cut stands, and held while
/// any hold does; of two latencies, losses, and so on, the newer rules until it is healed.
///
/// What each fault means, by the moment that it meets a segment or a task:
///
/// A task that waits meets a fault when it is next polled; one that is healed before that has not
/// been there for it.
///
/// | | sent during it | in flight when it begins | arrived, not received | a sender that waits for room | a receiver that waits |
/// | --- | --- | --- | --- | --- | --- |
/// | [`cut`](Self::cut) | swallowed, `Ok` | lost | stays | completes with `Ok`: swallowed | waits on |
/// | [`hold`](Self::hold) | kept, in order | arrives when due | stays | waits on | waits on |
/// | [`latency`](Self::latency) | arrives later, in order | arrives when due | stays | waits on: what is in flight takes room | is woken when one arrives |
/// | [`loss`](Self::loss) | may be swallowed, `Ok` | arrives | stays | waits on | waits on |
/// | [`duplicate`](Self::duplicate) | may arrive twice | arrives once | stays | waits on: copies take no room | receives both |
/// | [`reorder`](Self::reorder) | may be overtaken by up to three later ones | arrives in order | stays | waits on | waits on |
/// | [`rate`](Self::rate) | queues behind what is on the wire | arrives when due | stays | waits on | is woken when one arrives |
/// | [`crash`](crate::Mesh::crash) of the sender | `Closed` | lost | stays | `Closed` | waits on |
/// | [`crash`](crate::Mesh::crash) of the receiver | `Closed` | lost | lost | `Closed` | `None` |
/// | [`pause`](crate::Mesh::pause) of the receiver | arrives, is not received | arrives when due | stays | waits on | waits on |
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{Endpoint, Mesh, ShardId, WalSegmentPayload};
///
/// #[shard_mesh::test(leader = 0, followers = [1, 2])]
/// async fn main(leader: Endpoint, followers: [Endpoint; 2], mesh: Mesh) {
///     mesh.to(2).latency(Duration::from_millis(5));
///     let began = tokio::time::Instant::now();
///     for follower in &followers {
///         let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
///         leader.send_segment(follower.local_shard(), segment).await.unwrap();
///         follower.recv_segment().await.unwrap();
///     }
///     assert_eq!(began.elapsed(), Duration::from_millis(5));
/// }
/// ```
#[must_use = "a selection does nothing: say what happens to the links"]
pub struct Links<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    links: Vec<(ShardId, ShardId)>,
}

impl<P: Debug + Send + 'static> Links<P> {
    pub(crate) fn new(network: Arc<Network<P>>, links: Vec<(ShardId, ShardId)>) -> Self {
        Self { network, links }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    #[track_caller]
    fn put(&self, fault: NewFault<P>) -> Fault<P> {
        let asked = (Location::caller(), None);
        let state = self.network.add_fault(fault, asked, self.links.clone());
        Fault::new(self.network.clone(), state)
    }

    /// Cuts the links: what is sent on them is swallowed, though the sender is told that all is
    /// well, and so is what was still in flight. What had arrived stays.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// let cut = factory.mesh().link(0, 1).cut();
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// cut.heal();
    /// a.try_send_segment(ShardId(1), 'y').unwrap();
    /// assert_eq!(b.try_recv_segment(), Ok('y'));
    /// ```
    #[track_caller]
    pub fn cut(&self) -> Fault<P> {
        self.put(NewFault::cut())
    }

    /// Holds the links: what is sent on them is kept, in order, until it is
    /// [released](Self::release), [delivered one by one](Self::deliver_next), or the hold is healed.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// let link = factory.mesh().link(0, 1);
    /// link.hold();
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// link.release();
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// ```
    #[track_caller]
    pub fn hold(&self) -> Fault<P> {
        self.put(NewFault::hold())
    }

    /// Delivers all that is held on the links, and ends their holds.
    ///
    /// See [`hold`](Self::hold) for an example.
    pub fn release(&self) {
        self.network.on_links(&self.links, Arrivals::release);
        self.network.end_holds();
    }

    /// Delivers the oldest held segment of each link.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// let link = factory.mesh().link(0, 1);
    /// link.hold();
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// a.try_send_segment(ShardId(1), 'y').unwrap();
    /// link.deliver_next();
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// ```
    pub fn deliver_next(&self) {
        self.network.on_links(&self.links, Arrivals::deliver_next);
    }

    /// Makes each segment take this long. The latency belongs to the segment, not to the link:
    /// those that are sent together arrive together. A range gives each segment its own latency,
    /// and keeps their order all the same.
    ///
    /// Receiving on such a link takes a runtime with a timer, as every test under the attribute has.
    ///
    /// See [`Links`] for an example.
    ///
    /// # Panics
    ///
    /// If the range is empty.
    #[track_caller]
    pub fn latency(&self, latency: impl Into<Latency>) -> Fault<P> {
        self.put(NewFault::latency(latency.into()))
    }

    /// Loses each segment with this probability. The sender is told that all is well.
    ///
    /// # Panics
    ///
    /// If the probability is not from 0 to 1.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// factory.mesh().link(0, 1).loss(1.0);
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// assert_eq!(factory.mesh().stats().link(0, 1).dropped, 1);
    /// ```
    #[track_caller]
    pub fn loss(&self, probability: f64) -> Fault<P> {
        self.put(NewFault::loss(probability))
    }

    /// Makes each segment arrive twice with this probability. The copy takes no room. It is cloned
    /// while the segment is being sent: where `Clone` panics, nothing was sent.
    ///
    /// # Panics
    ///
    /// If the probability is not from 0 to 1.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// factory.mesh().link(0, 1).duplicate(1.0);
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// ```
    #[track_caller]
    pub fn duplicate(&self, probability: f64) -> Fault<P>
    where
        P: Clone,
    {
        self.put(NewFault::duplicate(probability))
    }

    /// Lets each segment, with this probability, be overtaken by up to three that are sent after
    /// it on its link. It arrives after them, or when nothing else can happen.
    ///
    /// # Panics
    ///
    /// If the probability is not from 0 to 1.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     let reorder = mesh.link(0, 1).reorder(1.0);
    ///     a.send_segment(ShardId(1), 1).await.unwrap();
    ///     reorder.heal();
    ///     for n in 2..=5 {
    ///         a.send_segment(ShardId(1), n).await.unwrap();
    ///     }
    ///     assert_eq!(b.recv_segment().await, Some(2));
    /// }
    /// ```
    #[track_caller]
    pub fn reorder(&self, probability: f64) -> Fault<P> {
        self.put(NewFault::reorder(probability))
    }

    /// Lets each link carry this many segments a second: one queues behind those that are on the
    /// wire already.
    ///
    /// # Panics
    ///
    /// If the rate is not above 0.
    ///
    /// ```
    /// use std::time::Duration;
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     mesh.link(0, 1).rate(100.0);
    ///     let began = tokio::time::Instant::now();
    ///     for n in 1..=5 {
    ///         a.send_segment(ShardId(1), n).await.unwrap();
    ///     }
    ///     for _ in 1..=5 {
    ///         b.recv_segment().await.unwrap();
    ///     }
    ///     assert_eq!(began.elapsed(), Duration::from_millis(50));
    /// }
    /// ```
    #[track_caller]
    pub fn rate(&self, segments_per_second: f64) -> Fault<P> {
        self.put(NewFault::rate(segments_per_second))
    }
}

impl<P: Debug + Send + 'static> Debug for Links<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let links = self
            .links
            .iter()
            .map(|(from, to)| format!("{from} -> {to}"));
        f.debug_list().entries(links).finish()
    }
}
