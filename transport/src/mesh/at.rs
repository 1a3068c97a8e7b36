#![allow(
    clippy::must_use_candidate,
    reason = "an episode is planned without its handle"
)]

use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::{Begins, Crash, Which, Wrong};
use crate::decision::chaos::moment::Moment;
use crate::mesh::clock::{millionths, nanos};
use crate::mesh::episode::Episode;
use crate::mesh::links_at::LinksAt;
use crate::mesh::mesh::Mesh;
use crate::millis::{Millis, millis};
use crate::network::episodes::state::Act;
use crate::network::links::new_fault::NewFault;
use crate::network::losses::Keeping;
use crate::network::network::Network;

/// So many milliseconds: what the lines are written with that a report prints.
///
/// ```
/// assert_eq!(shard_mesh::ms(1204), std::time::Duration::from_millis(1204));
/// ```
#[must_use]
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Plans a fault for a time of the test's clock, counted from its beginning. What is said of it has the
    /// verbs of [`Mesh`] and [`Links`](crate::Links), and gives an [`Episode`].
    ///
    /// At one moment, segments that are due arrive, episodes end, and then episodes begin in the order of
    /// their lines, before any task is polled.
    ///
    /// # Panics
    ///
    /// If that time has passed, or no [`Harness`](crate::Harness) runs the test.
    ///
    /// ```
    /// use std::time::Duration;
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..3)]
    /// async fn main(peers: [Endpoint; 3], mesh: Mesh) {
    ///     let ms = Duration::from_millis;
    ///     for peer in peers {
    ///         mesh.host(peer, |at| async move { while at.recv_segment().await.is_some() {} });
    ///     }
    ///     mesh.at(ms(1204)).partition([0], [1, 2]).lasting(ms(3100)).optional();
    ///     mesh.at(ms(2000)).crash(2).lasting(ms(40));
    ///     tokio::time::sleep(ms(5000)).await;
    /// }
    /// ```
    #[track_caller]
    pub fn at(&self, time: Duration) -> At<P> {
        let (at, now) = (millis(time), self.network.context.time());
        self.expect_harness();
        assert!(
            at >= now,
            "the time {} of the test has passed, it is {}: plan it before that",
            Millis(at),
            Millis(now)
        );
        self.when(Begins::At(at))
    }

    /// Plans a fault for what happens: it begins right there, before the task at which that happens goes
    /// on. What a task of a shard does after a crash of that shard, up to the end of its poll, does a dead
    /// machine: its sends and receives do not complete, its disks are as the crash has left them, and its
    /// errors and panics do not count.
    ///
    /// # Panics
    ///
    /// If no [`Harness`](crate::Harness) runs the test.
    ///
    /// See [`Moment`] for an example.
    #[track_caller]
    pub fn after(&self, moment: Moment) -> At<P> {
        self.expect_harness();
        self.when(Begins::After(moment))
    }

    #[track_caller]
    fn expect_harness(&self) {
        assert!(
            self.network.context.run().is_some(),
            "what is planned needs a harness: use `#[shard_mesh::test]`, or hand the factory to `Run::watch`"
        );
    }

    fn when(&self, begins: Begins) -> At<P> {
        At {
            network: self.network.clone(),
            begins,
        }
    }
}

/// A moment at which a fault is to begin, to say which: it has the selectors and verbs of [`Mesh`] that begin something.
///
/// The links are those that are open when it begins.
///
/// See [`Mesh::at`] for an example.
#[must_use = "this plans nothing: say what is to begin"]
pub struct At<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    begins: Begins,
}

impl<P: Debug + Send + 'static> At<P> {
    #[track_caller]
    fn plan(&self, act: Act<P>) -> Episode<P> {
        Episode::new(&self.network, self.begins, act, Location::caller())
    }

    fn links(&self, which: Which) -> LinksAt<P> {
        LinksAt::new(self.network.clone(), self.begins, which)
    }

    fn mesh(&self) -> Mesh<P> {
        Mesh::new(self.network.clone())
    }

    /// Every link.
    ///
    /// See [`LinksAt`] for an example.
    pub fn all(&self) -> LinksAt<P> {
        self.links(Which::All)
    }

    /// The link from one shard to another.
    ///
    /// # Panics
    ///
    /// If one of them was never created.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn link(&self, from: impl Into<ShardId>, to: impl Into<ShardId>) -> LinksAt<P> {
        let [from, to] = [from.into(), to.into()];
        self.mesh().group([from, to]);
        self.links(Which::Link(from, to))
    }

    /// The links between two groups of shards, both ways.
    ///
    /// # Panics
    ///
    /// If one of them was never created.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn between<L, R>(&self, left: L, right: R) -> LinksAt<P>
    where
        L: IntoIterator<Item: Into<ShardId>>,
        R: IntoIterator<Item: Into<ShardId>>,
    {
        let mesh = self.mesh();
        self.links(Which::Between(mesh.group(left), mesh.group(right)))
    }

    /// The links that lead from one group of shards to another, in that direction.
    ///
    /// # Panics
    ///
    /// If one of them was never created.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn leading<L, R>(&self, from: L, to: R) -> LinksAt<P>
    where
        L: IntoIterator<Item: Into<ShardId>>,
        R: IntoIterator<Item: Into<ShardId>>,
    {
        let mesh = self.mesh();
        self.links(Which::Leading(mesh.group(from), mesh.group(to)))
    }

    /// The links that lead from a shard.
    ///
    /// # Panics
    ///
    /// If it was never created.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn from(&self, shard: impl Into<ShardId>) -> LinksAt<P> {
        self.links(Which::From(self.mesh().shard(shard.into()).key.id))
    }

    /// The links that lead to a shard.
    ///
    /// # Panics
    ///
    /// If it was never created.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn to(&self, shard: impl Into<ShardId>) -> LinksAt<P> {
        self.links(Which::To(self.mesh().shard(shard.into()).key.id))
    }

    /// Cuts all links between two groups of shards, both ways: as [`Mesh::partition`].
    ///
    /// # Panics
    ///
    /// If one of them was never created.
    ///
    /// See [`Mesh::at`] for an example.
    #[track_caller]
    pub fn partition<L, R>(&self, left: L, right: R) -> Episode<P>
    where
        L: IntoIterator<Item: Into<ShardId>>,
        R: IntoIterator<Item: Into<ShardId>>,
    {
        let mesh = self.mesh();
        let which = Which::Between(mesh.group(left), mesh.group(right));
        self.plan(Act::Links(which, NewFault::cut()))
    }

    /// Cuts the links that lead from one group of shards to another: as [`Mesh::one_way`].
    ///
    /// # Panics
    ///
    /// If one of them was never created.
    ///
    /// See [`Mesh::at`] for an example of the like.
    #[track_caller]
    pub fn one_way<L, R>(&self, from: L, to: R) -> Episode<P>
    where
        L: IntoIterator<Item: Into<ShardId>>,
        R: IntoIterator<Item: Into<ShardId>>,
    {
        let mesh = self.mesh();
        let which = Which::Leading(mesh.group(from), mesh.group(to));
        self.plan(Act::Links(which, NewFault::cut()))
    }

    /// Cuts all links to and from a shard: as [`Mesh::isolate`].
    ///
    /// # Panics
    ///
    /// If it was never created.
    ///
    /// See [`Mesh::at`] for an example of the like.
    #[track_caller]
    pub fn isolate(&self, shard: impl Into<ShardId>) -> Episode<P> {
        let which = Which::Around(self.mesh().shard(shard.into()).key.id);
        self.plan(Act::Links(which, NewFault::cut()))
    }

    /// Freezes a shard that has a node: as [`Mesh::pause`].
    ///
    /// # Panics
    ///
    /// If it was never created.
    ///
    /// See [`Mesh::at`] for an example of the like.
    #[track_caller]
    pub fn pause(&self, shard: impl Into<ShardId>) -> Episode<P> {
        self.plan(Act::Pause(self.mesh().shard(shard.into()).key.id))
    }

    /// Crashes a shard that has a node: as [`Mesh::crash`]. At the end of the episode it is restarted, and
    /// its node boots.
    ///
    /// # Panics
    ///
    /// If it was never created.
    ///
    /// See [`Mesh::at`] for an example.
    #[track_caller]
    pub fn crash(&self, shard: impl Into<ShardId>) -> Episode<P> {
        let crash = Crash {
            shards: self.mesh().group([shard]),
            keeping: None,
            in_flight_arrives: false,
        };
        self.plan(Act::Crash(crash, Keeping::Told(None)))
    }

    /// The clock of a shard, which then is set wrong.
    ///
    /// # Panics
    ///
    /// If it was never created.
    ///
    /// See [`ClockAt`] for an example.
    #[track_caller]
    pub fn clock(&self, shard: impl Into<ShardId>) -> ClockAt<P> {
        ClockAt {
            shard: self.mesh().shard(shard.into()).key.id,
            network: self.network.clone(),
            begins: self.begins,
        }
    }
}

impl<P: Debug + Send + 'static> Debug for At<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("At").field(&self.begins).finish()
    }
}

/// The clock of a shard at a moment to come, to say how it is wrong then. The end of the
/// [`Episode`] sets it right, but for what the test itself has done to it.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{Endpoint, Mesh};
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
///     let ms = Duration::from_millis;
///     mesh.at(ms(5)).clock(1).ahead(ms(300)).lasting(ms(10));
///     mesh.at(ms(20)).clock(1).drift(0.9);
///     let apart = || mesh.clock(1).now().duration_since(mesh.clock(0).now());
///     tokio::time::sleep(ms(7)).await;
///     assert_eq!(apart().unwrap(), ms(300));
///     tokio::time::sleep(ms(10)).await;
///     assert_eq!(apart().unwrap(), ms(0));
///     tokio::time::sleep(ms(103)).await;
///     let behind = mesh.clock(0).now().duration_since(mesh.clock(1).now());
///     assert_eq!(behind.unwrap(), ms(10));
/// }
/// ```
#[must_use = "this plans nothing: say how the clock is wrong"]
pub struct ClockAt<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    shard: ShardId,
    begins: Begins,
}

impl<P: Debug + Send + 'static> ClockAt<P> {
    #[track_caller]
    fn plan(&self, wrong: Wrong) -> Episode<P> {
        let act = Act::Clock(self.shard, wrong);
        Episode::new(&self.network, self.begins, act, Location::caller())
    }

    /// Sets it ahead of the true time by this much.
    ///
    /// # Panics
    ///
    /// If that is more than a year.
    ///
    /// See [`ClockAt`] for an example.
    #[track_caller]
    pub fn ahead(&self, error: Duration) -> Episode<P> {
        self.plan(Wrong::Ahead(nanos(error)))
    }

    /// Sets it behind the true time by this much.
    ///
    /// # Panics
    ///
    /// If that is more than a year.
    ///
    /// See [`ClockAt`] for an example.
    #[track_caller]
    pub fn behind(&self, error: Duration) -> Episode<P> {
        self.plan(Wrong::Behind(nanos(error)))
    }

    /// Lets it run at this rate of the true speed.
    ///
    /// # Panics
    ///
    /// If the rate is not between 0 and 1,000.
    ///
    /// See [`ClockAt`] for an example.
    #[track_caller]
    pub fn drift(&self, rate: f64) -> Episode<P> {
        self.plan(Wrong::Drifts(millionths(rate)))
    }
}

impl<P: Debug + Send + 'static> Debug for ClockAt<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClockAt({}, {:?})", self.shard, self.begins)
    }
}
