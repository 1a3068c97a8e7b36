//! What happened in a mesh, in order, as data.

use std::collections::{HashMap, HashSet};

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::trace::event::Event;

/// What each segment was: its `Debug`, on one line and cut short.
pub(crate) type Labels = HashMap<Segment, String>;

/// What happened in a mesh so far, in order.
///
/// It is whole up to some 8,000 events in a run; after that the oldest are [forgotten](Self::forgotten).
/// Without a [`Harness`](crate::Harness) nothing is recorded, and it is empty.
///
/// Its `Display` is a space-time diagram, a lane for each shard and a row for each thing that happened, with
/// the time at the side. Of a long run it shows the moments that matter and the end. A segment sets off at `●`
/// and is received at `◆`; an arrow that ends at the bare lane is in the inbox, one that is dashed takes longer
/// than its row, and one that ends at `✕` or `┤` is lost or held.
///
/// ```
/// use shard_mesh::{Endpoint, EventKind, Mesh, ShardId};
///
/// #[shard_mesh::test(leader = 0, followers = [1], loss = 0.5)]
/// async fn main(leader: Endpoint<u64>, _follower: Endpoint<u64>, mesh: Mesh<u64>) {
///     for n in 1..=100 {
///         leader.send_segment(ShardId(1), n).await.unwrap();
///     }
///     let timeline = mesh.timeline();
///     let lost = timeline.events().iter().filter(|it| matches!(it.kind, EventKind::Lost(..)));
///     assert_eq!(lost.count() as u64, mesh.stats().link(0, 1).dropped);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    pub(crate) shards: Vec<ShardId>,
    pub(crate) events: Vec<Event>,
    pub(crate) forgotten: u64,
    pub(crate) labels: Labels,
    /// The segments about which something was decided without which the test does not fail.
    pub(crate) decided: HashSet<Segment>,
}

impl Timeline {
    /// The events that are kept, in order.
    ///
    /// See [`Timeline`] for an example.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many events were forgotten. Each shard, each link and the mesh forget the oldest of their own, so what one
    /// has forgotten may be newer than what another has kept.
    ///
    /// ```
    /// # use shard_mesh::InProcessTransportFactory;
    /// let timeline = InProcessTransportFactory::<String>::new().mesh().timeline();
    /// assert_eq!(timeline.forgotten(), 0);
    /// ```
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The shards of the mesh, in order of their ids.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// let factory = InProcessTransportFactory::<String>::new();
    /// let _endpoint = factory.create(ShardId(7));
    /// assert_eq!(factory.mesh().timeline().shards(), [ShardId(7)]);
    /// ```
    #[must_use]
    pub fn shards(&self) -> &[ShardId] {
        &self.shards
    }

    /// Tells what each segment was.
    pub(crate) fn set_labels(&mut self, labels: Labels) {
        self.labels = labels;
    }

    /// What a segment was, if that is known.
    pub(crate) fn label(&self, segment: &Segment) -> Option<&str> {
        self.labels.get(segment).map(String::as_str)
    }
}
