use std::fmt::{self, Debug, Display};
use std::panic::Location;
use std::sync::Arc;

use crate::contract::payload::WalSegmentPayload;
use crate::contract::shard_id::ShardId;
use crate::mesh::settle::settle;
use crate::network::network::Network;
use crate::network::stats::Stats;
use crate::ordered::sort;
use crate::trace::timeline::Timeline;

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
    pub(crate) network: Arc<Network<P>>,
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
        sort(&mut ids);
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
        sort(&mut links);
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
        self.network.stats()
    }

    /// What happened so far, in order.
    ///
    /// See [`Timeline`] for an example.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        self.network.recording().timeline()
    }

    /// Says that this must hold at least once: wherever the line is reached, over the test or, in a
    /// sweep, over all its seeds. A test that passes and in which it never held fails, naming the
    /// line. It tells a sweep that finds nothing from one that never came to where there is
    /// something to be found.
    ///
    /// It is not checked when the environment narrows the seeds, nor in a test that is meant to
    /// panic. A line that is never reached is not known of.
    ///
    /// After Antithesis, where an assertion of that name does the same.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2, loss = 0.5, seeds = 0..16)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     a.send_segment(ShardId(1), 7).await.unwrap();
    ///     let arrived = b.try_recv_segment().is_ok();
    ///     mesh.sometimes(arrived, "the segment arrives");
    ///     mesh.sometimes(!arrived, "the segment is lost");
    /// }
    /// ```
    #[track_caller]
    pub fn sometimes(&self, condition: bool, what: &str) {
        let asked = Location::caller();
        self.network.sometimes.reach(asked, what, condition);
    }

    /// Notes something of a shard: that it leads, what it decided. It is a mark in the lane of the shard, in
    /// the diagram and the picture of a report, in the [timeline](Self::timeline), and with the feature
    /// `tracing` among its events.
    ///
    /// A note is one line of 160 characters, and a mesh keeps the first 10,000. Without a
    /// [`Harness`](crate::Harness) it keeps none.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, EventKind, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
    ///     mesh.note(1, format_args!("leads term {}", 2));
    ///     let timeline = mesh.timeline();
    ///     let [noted] = timeline.events() else { panic!("{timeline}") };
    ///     assert_eq!(noted.kind.to_string(), "shard 1: leads term 2");
    /// }
    /// ```
    #[track_caller]
    pub fn note(&self, shard: impl Into<ShardId>, text: impl Display) {
        let shard = self.shard(shard.into());
        self.network.note_text(shard.key, &text.to_string());
    }

    /// The seed of this run.
    ///
    /// For generators of the test's own. What they draw is not shrunk, so the report on a run that
    /// has read the seed says to keep it.
    ///
    /// ```
    /// # use shard_mesh::InProcessTransportFactory;
    /// assert_eq!(InProcessTransportFactory::<String>::new().mesh().seed(), 0);
    /// ```
    #[must_use]
    pub fn seed(&self) -> u64 {
        if let Some(journal) = self.network.context.journal() {
            journal.read_seed();
        }
        self.network.context.seed()
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
