//! Which links of a mesh something is to happen to.
#![allow(
    clippy::must_use_candidate,
    reason = "a fault stands, and a task runs, without its handle"
)]

use std::fmt::Debug;
use std::panic::Location;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::Which;
use crate::mesh::fault::Fault;
use crate::mesh::links::Links;
use crate::mesh::mesh::Mesh;
use crate::mesh::rule::RuleGuard;
use crate::network::links::rules::{Message, Verdict};
use crate::trace::fault_info::{FaultInfo, Verb};

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Every link that is open.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # let factory = InProcessTransportFactory::<String>::new();
    /// factory.mesh().all().loss(0.01);
    /// ```
    pub fn all(&self) -> Links<P> {
        self.select(&Which::All)
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
        let links = self.select(&Which::Link(from, to));
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
        self.select(&Which::Between(self.group(left), self.group(right)))
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
        self.select(&Which::From(self.shard(shard.into()).key.id))
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
        self.select(&Which::To(self.shard(shard.into()).key.id))
    }

    /// Those of these links that are open, or keep something back.
    fn select(&self, which: &Which) -> Links<P> {
        Links::new(self.network.clone(), self.network.selectable(which))
    }

    /// The ids of shards that were created.
    #[track_caller]
    pub(crate) fn group(&self, ids: impl IntoIterator<Item: Into<ShardId>>) -> Vec<ShardId> {
        let ids = ids.into_iter().map(Into::into);
        let ids: Vec<ShardId> = ids.collect();
        for id in &ids {
            self.shard(*id);
        }
        ids
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

    /// The links that lead from one group of shards to another, in that direction.
    ///
    /// # Panics
    ///
    /// If one of the shards was never created.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # let factory = InProcessTransportFactory::<String>::new();
    /// # let _shards: Vec<_> = (0..3).map(|id| factory.create(ShardId(id))).collect();
    /// # for (from, to) in [(0, 1), (1, 0), (0, 2)] { factory.connect(ShardId(from), ShardId(to)); }
    /// let links = factory.mesh().leading([0], [1, 2]);
    /// assert_eq!(format!("{links:?}"), r#"["0 -> 1", "0 -> 2"]"#);
    /// ```
    #[track_caller]
    pub fn leading<L, R>(&self, from: L, to: R) -> Links<P>
    where
        L: IntoIterator<Item: Into<ShardId>>,
        R: IntoIterator<Item: Into<ShardId>>,
    {
        self.select(&Which::Leading(self.group(from), self.group(to)))
    }

    /// Cuts the links that lead from one group of shards to another, in that direction: short for
    /// [`leading`](Self::leading) and [`cut`](Links::cut).
    ///
    /// # Panics
    ///
    /// If one of the shards was never created.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # for (from, to) in [(0, 1), (1, 0)] { factory.connect(ShardId(from), ShardId(to)); }
    /// factory.mesh().one_way([0], [1]);
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// b.try_send_segment(ShardId(0), 'y').unwrap();
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// assert_eq!(a.try_recv_segment(), Ok('y'));
    /// ```
    #[track_caller]
    pub fn one_way<L, R>(&self, from: L, to: R) -> Fault<P>
    where
        L: IntoIterator<Item: Into<ShardId>>,
        R: IntoIterator<Item: Into<ShardId>>,
    {
        self.leading(from, to).cut()
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
        self.select(&Which::Around(self.shard(shard.into()).key.id))
            .cut()
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

    /// Ends every fault on links, those of the attribute too, and every [rule](Self::rule). What they
    /// held goes on. Shards that have crashed or are paused stay so, and wrong clocks stay wrong.
    ///
    /// A test that asks for liveness at its end calls this first.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2, loss = 1.0)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     a.send_segment(ShardId(1), 1).await.unwrap(); // is lost
    ///     mesh.heal_all();
    ///     a.send_segment(ShardId(1), 2).await.unwrap();
    ///     assert_eq!(b.recv_segment().await, Some(2));
    /// }
    /// ```
    pub fn heal_all(&self) {
        self.network.heal_all();
    }

    /// Asks `judge` about every segment that is sent, before the faults of its link. The newest
    /// rule is asked first. The rule ends when the guard is dropped, which releases what it held.
    ///
    /// `judge` is called while the segment is being sent, one segment at a time. It may look at the
    /// mesh, set faults, make rules and end them, itself too. It may crash shards: then the segment in
    /// hand is lost, but one of a sender that crashed arrives by [`Verdict::Deliver`]. It panics if it
    /// sends on this mesh: note what is to be done, and do it afterwards. What it sends on another mesh
    /// goes past the rules of that one.
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
        let info = FaultInfo {
            what: "rule".to_owned(),
            asked: Location::caller(),
            links: Vec::new(),
            verb: Verb::Rule,
            by_chaos: None,
        };
        let state = self.network.begin_fault(info, None);
        RuleGuard::new(self.network.clone(), state, Box::new(judge))
    }
}
