#![allow(
    clippy::must_use_candidate,
    reason = "a fault stands, and a task runs, without its handle"
)]

use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::aftermath::Aftermath;
use crate::arrivals::EndpointState;
use crate::clock::ShardClock;
use crate::endpoint::{Endpoint, InProcessTransport};
use crate::factory::created;
use crate::fault::{Fault, FaultState};
use crate::inbox::Shard;
use crate::links::Links;
use crate::network::Network;
use crate::rule::{Message, RuleGuard, Verdict};
use crate::settle::settle;
use crate::stats::Stats;
use crate::{ShardId, WalSegmentPayload};

/// The handle to everything of a mesh but sending and receiving.
///
/// A test takes it as its last parameter; by hand it comes from
/// [`InProcessTransportFactory::mesh`](crate::InProcessTransportFactory::mesh). It is cheap to
/// clone and keeps no endpoint alive.
///
/// ```
/// use shard_mesh::{Endpoint, Mesh, ShardId, WalSegmentPayload};
///
/// #[shard_mesh::test(leader = 0, followers = [1])]
/// async fn main(leader: Endpoint, follower: Endpoint, mesh: Mesh) {
///     tokio::spawn(async move { while follower.recv_segment().await.is_some() {} });
///     for number in 1..=100 {
///         let segment = WalSegmentPayload::new(ShardId(0), number, "put k v");
///         leader.send_segment(ShardId(1), segment).await.unwrap();
///     }
///     mesh.settle().await;
///     assert_eq!(mesh.stats().link(0, 1).delivered, 100);
/// }
/// ```
pub struct Mesh<P = WalSegmentPayload> {
    network: Arc<Network<P>>,
}

impl<P: Debug + Send + 'static> Mesh<P> {
    pub(crate) fn new(network: Arc<Network<P>>) -> Self {
        Self { network }
    }

    /// The shards that were created, in order of their ids.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// let factory = InProcessTransportFactory::<String>::new();
    /// let _shards = [factory.create(ShardId(2)), factory.create(ShardId(1))];
    /// assert_eq!(factory.mesh().shards(), [ShardId(1), ShardId(2)]);
    /// ```
    #[must_use]
    pub fn shards(&self) -> Vec<ShardId> {
        let mut ids: Vec<_> = self
            .network
            .shards()
            .iter()
            .map(|shard| shard.key.id)
            .collect();
        ids.sort_unstable();
        ids
    }

    /// The links that are open, as `(from, to)`, in order.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// let factory = InProcessTransportFactory::<String>::new();
    /// let _shards = [factory.create(ShardId(0)), factory.create(ShardId(1))];
    /// factory.connect(ShardId(0), ShardId(1));
    /// assert_eq!(factory.mesh().links(), [(ShardId(0), ShardId(1))]);
    /// ```
    #[must_use]
    pub fn links(&self) -> Vec<(ShardId, ShardId)> {
        let mut links = Vec::new();
        self.network.each_link(|from, to, link| {
            if link.open {
                links.push((from, to));
            }
        });
        links.sort_unstable();
        links
    }

    /// What each link has carried so far.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// let factory = InProcessTransportFactory::new();
    /// let (a, _b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(factory.mesh().stats().link(0, 1).waiting, 1);
    /// ```
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats::of(&self.network)
    }

    /// Every link that is open.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # let factory = InProcessTransportFactory::<String>::new();
    /// factory.mesh().all().loss(0.01);
    /// ```
    pub fn all(&self) -> Links<P> {
        self.select(|_, _| true)
    }

    /// The link from one shard to another.
    ///
    /// # Panics
    ///
    /// If there is no such link.
    ///
    /// See [`Links`] for what can be done to it.
    #[track_caller]
    pub fn link(&self, from: impl Into<ShardId>, to: impl Into<ShardId>) -> Links<P> {
        let (from, to) = (from.into(), to.into());
        let links = self.select(|a, b| (a, b) == (from, to));
        assert!(
            !links.is_empty(),
            "no link leads from shard {from} to shard {to}: `links()` lists those that do"
        );
        links
    }

    /// The links between two groups of shards, both ways.
    ///
    /// # Panics
    ///
    /// If one of the shards was never created.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # let factory = InProcessTransportFactory::<String>::new();
    /// # let _shards: Vec<_> = (0..3).map(|id| factory.create(ShardId(id))).collect();
    /// # for (from, to) in [(0, 1), (1, 0), (1, 2)] { factory.connect(ShardId(from), ShardId(to)); }
    /// let links = factory.mesh().between([0], [1, 2]);
    /// assert_eq!(format!("{links:?}"), r#"["0 -> 1", "1 -> 0"]"#);
    /// ```
    #[track_caller]
    pub fn between<L, R>(&self, left: L, right: R) -> Links<P>
    where
        L: IntoIterator<Item: Into<ShardId>>,
        R: IntoIterator<Item: Into<ShardId>>,
    {
        let left: Vec<_> = left.into_iter().map(Into::into).collect();
        let right: Vec<_> = right.into_iter().map(Into::into).collect();
        for &id in left.iter().chain(&right) {
            self.shard(id);
        }
        self.select(|from, to| {
            (left.contains(&from) && right.contains(&to))
                || (right.contains(&from) && left.contains(&to))
        })
    }

    /// The links that lead from a shard.
    ///
    /// See [`Links`] for what can be done to them.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    #[track_caller]
    pub fn from(&self, shard: impl Into<ShardId>) -> Links<P> {
        let shard = self.shard(shard.into()).key.id;
        self.select(|from, _| from == shard)
    }

    /// The links that lead to a shard.
    ///
    /// See [`Links`] for an example.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    #[track_caller]
    pub fn to(&self, shard: impl Into<ShardId>) -> Links<P> {
        let shard = self.shard(shard.into()).key.id;
        self.select(|_, to| to == shard)
    }

    /// The links that are open, or keep something back.
    fn select(&self, which: impl Fn(ShardId, ShardId) -> bool) -> Links<P> {
        let mut links = Vec::new();
        self.network.each_link(|from, to, link| {
            if (link.open || link.held + link.in_flight() > 0) && which(from, to) {
                links.push((from, to));
            }
        });
        links.sort_unstable();
        Links::new(self.network.clone(), links)
    }

    /// Cuts all links between two groups of shards, both ways: short for
    /// [`between`](Self::between) and [`cut`](Links::cut).
    ///
    /// # Panics
    ///
    /// If one of the shards was never created.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// let partition = factory.mesh().partition([0], [1]);
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// partition.heal();
    /// a.try_send_segment(ShardId(1), 'y').unwrap();
    /// assert_eq!(b.try_recv_segment(), Ok('y'));
    /// ```
    #[track_caller]
    pub fn partition<L, R>(&self, left: L, right: R) -> Fault<P>
    where
        L: IntoIterator<Item: Into<ShardId>>,
        R: IntoIterator<Item: Into<ShardId>>,
    {
        self.between(left, right).cut()
    }

    /// Cuts all links to and from a shard.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// factory.mesh().isolate(1);
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// ```
    #[track_caller]
    pub fn isolate(&self, shard: impl Into<ShardId>) -> Fault<P> {
        let shard = self.shard(shard.into()).key.id;
        self.select(|from, to| from == shard || to == shard).cut()
    }

    /// Ends every cut, and only cuts.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// let mesh = factory.mesh();
    /// mesh.isolate(1);
    /// mesh.heal();
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// ```
    pub fn heal(&self) {
        self.network.heal_cuts();
    }

    /// Asks `judge` about every segment that is sent, before the faults of its link. The newest
    /// rule is asked first. The rule ends when the guard is dropped, which releases what it held.
    ///
    /// `judge` is called while the segment is being sent, one segment at a time. It may look at the
    /// mesh, set faults, crash shards (then the segment in hand is lost), and end rules, itself too;
    /// it panics if it sends or makes a rule: note what is to be done, and do it afterwards.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId, Verdict};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     // The third segment from 0 to 1 is lost, and the fourth corrupt.
    ///     let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
    ///         (0, 1, 3) => Verdict::Drop,
    ///         (0, 1, 4) => {
    ///             *m.payload ^= 1;
    ///             Verdict::Deliver
    ///         }
    ///         _ => Verdict::Pass,
    ///     });
    ///     for n in 1..=4 {
    ///         a.send_segment(ShardId(1), n).await.unwrap();
    ///     }
    ///     let mut received = Vec::new();
    ///     while let Ok(n) = b.try_recv_segment() {
    ///         received.push(n);
    ///     }
    ///     assert_eq!(received, [1, 2, 5]);
    /// }
    /// ```
    #[track_caller]
    pub fn rule<F>(&self, judge: F) -> RuleGuard<P>
    where
        F: FnMut(&mut Message<'_, P>) -> Verdict<P> + Send + 'static,
    {
        let state = Arc::new(FaultState::new("rule".to_owned(), Location::caller(), None));
        self.network.remember(&state);
        RuleGuard::new(self.network.clone(), state, Box::new(judge))
    }

    /// Crashes a shard, as a machine that loses power: its endpoint is closed, and what was on its
    /// way to and from it is lost. Its peers hear nothing; those that send to it get
    /// [`Closed`](crate::TransportError::Closed). Tasks that it was given with
    /// [`spawn`](Self::spawn) are dropped before this returns, but for one that is being polled,
    /// which is dropped after that.
    ///
    /// # Panics
    ///
    /// If the shard has no live endpoint.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId, TransportError};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     mesh.crash(1);
    ///     assert_eq!(a.send_segment(ShardId(1), 1).await, Err(TransportError::Closed));
    ///     assert_eq!(b.recv_segment().await, None);
    ///     let b = mesh.restart(1);
    ///     a.send_segment(ShardId(1), 2).await.unwrap();
    ///     assert_eq!(b.recv_segment().await, Some(2));
    /// }
    /// ```
    #[track_caller]
    pub fn crash(&self, shard: impl Into<ShardId>) {
        let shard = self.shard(shard.into());
        let id = shard.key.id;
        assert!(
            shard.endpoint() != EndpointState::Dropped,
            "the endpoint of shard {id} was dropped, so there is nothing to crash: keep it alive"
        );
        assert!(
            self.network.crash(&shard),
            "shard {id} has crashed already: restart it first"
        );
        self.network.tasks.crash(id);
    }

    /// Gives a crashed shard a fresh endpoint, with the links that it had. Segment numbers go on.
    ///
    /// # Panics
    ///
    /// If the shard did not crash.
    ///
    /// See [`crash`](Self::crash) for an example.
    #[track_caller]
    #[must_use]
    pub fn restart(&self, shard: impl Into<ShardId>) -> Endpoint<P> {
        let shard = self.shard(shard.into());
        assert!(
            shard.restart(),
            "shard {} did not crash: only a crashed shard can be restarted",
            shard.key.id
        );
        Arc::new(InProcessTransport::new(self.network.clone(), shard))
    }

    /// Freezes a shard: it receives nothing, and the tasks that it was given with
    /// [`spawn`](Self::spawn) are not polled. Nothing is lost. A crash ends it.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// let mesh = factory.mesh();
    /// mesh.pause(1);
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// mesh.resume(1);
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// ```
    #[track_caller]
    pub fn pause(&self, shard: impl Into<ShardId>) {
        let shard = self.shard(shard.into());
        shard.pause(true, &mut Aftermath::new());
        self.network.tasks.pause(shard.key.id, true);
    }

    /// Ends what [`pause`](Self::pause) began, where there is an example.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    #[track_caller]
    pub fn resume(&self, shard: impl Into<ShardId>) {
        let shard = self.shard(shard.into());
        self.network.tasks.pause(shard.key.id, false);
        shard.pause(false, &mut Aftermath::new());
    }

    /// Spawns a task that belongs to a shard: it ends when the shard crashes, and is not polled
    /// while it is paused. Its output is `None` if the shard crashed before it was done.
    ///
    /// Under a [`Harness`](crate::Harness) its panic fails the test. (A task that was spawned with
    /// tokio's own `spawn` belongs to nobody: it outlives a crash, and its panic is seen by whoever
    /// joins it.)
    ///
    /// # Panics
    ///
    /// If the shard was never created, or has crashed, or outside of a tokio runtime.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     let echo = mesh.spawn(1, async move {
    ///         while let Some((from, n)) = b.recv_segment_from().await {
    ///             b.send_segment(from, n).await.unwrap();
    ///         }
    ///     });
    ///     a.send_segment(ShardId(1), 7).await.unwrap();
    ///     assert_eq!(a.recv_segment().await, Some(7));
    ///     mesh.crash(1);
    ///     assert_eq!(echo.await.unwrap(), None);
    /// }
    /// ```
    #[track_caller]
    pub fn spawn<T, F>(&self, shard: impl Into<ShardId>, task: F) -> JoinHandle<Option<T>>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let shard = self.shard(shard.into());
        assert!(
            shard.endpoint() != EndpointState::Crashed,
            "shard {} has crashed and runs nothing: restart it first",
            shard.key.id
        );
        let observer = self.network.observer().cloned();
        let (id, paused) = (shard.key.id, shard.is_paused());
        tokio::spawn(
            self.network
                .tasks
                .adopt(id, paused, Box::pin(task), observer),
        )
    }

    /// A shard's own wall clock.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    ///
    /// See [`ShardClock`] for an example.
    #[track_caller]
    #[must_use]
    pub fn clock(&self, shard: impl Into<ShardId>) -> ShardClock<P> {
        ShardClock::new(self.network.clone(), self.shard(shard.into()))
    }

    #[track_caller]
    fn shard(&self, id: ShardId) -> Arc<Shard<P>> {
        created(&self.network.shards(), id).clone()
    }

    /// The seed of this run.
    ///
    /// ```
    /// # use shard_mesh::InProcessTransportFactory;
    /// assert_eq!(InProcessTransportFactory::<String>::new().mesh().seed(), 0);
    /// ```
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.network.seed()
    }

    /// Waits until nothing is on its way, every inbox is empty and no task can run.
    ///
    /// Under the attribute, on a runtime of one thread, this is exact and moves no clock. On
    /// several threads, and on a runtime that a [`Harness`](crate::Harness) did not make, nobody
    /// tells when tasks are idle: there it waits, a millisecond of tokio's clock at a time, until
    /// the mesh has come to rest and did not move for that long. Work outside the runtime (a
    /// thread, a file) is not seen.
    ///
    /// An inbox that nobody reads never empties: such a wait ends with the test's time-out, whose
    /// report names that inbox.
    ///
    /// # Cancel safety
    ///
    /// A dropped future has no effect.
    ///
    /// ```
    /// # use shard_mesh::{Endpoint, Mesh, ShardId, WalSegmentPayload};
    /// #[shard_mesh::test(leader = 0, followers = [1])]
    /// async fn main(leader: Endpoint, follower: Endpoint, mesh: Mesh) {
    ///     tokio::spawn(async move { while follower.recv_segment().await.is_some() {} });
    ///     let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
    ///     leader.send_segment(ShardId(1), segment).await.unwrap();
    ///     mesh.settle().await;
    ///     assert_eq!(mesh.stats().link(0, 1).waiting, 0);
    /// }
    /// ```
    pub async fn settle(&self) {
        settle(&self.network).await;
    }
}

impl<P> Clone for Mesh<P> {
    fn clone(&self) -> Self {
        Self {
            network: self.network.clone(),
        }
    }
}

impl<P> Debug for Mesh<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mesh").finish_non_exhaustive()
    }
}
