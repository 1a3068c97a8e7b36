//! What happened in a mesh, in order, as data.

mod event;
mod recording;

use std::collections::BTreeMap;

pub use event::{Event, EventKind, Loss, Segment};
pub(crate) use recording::Recording;

use crate::ShardId;

/// What each segment was: its `Debug`, on one line and cut short.
pub(crate) type Labels = BTreeMap<Segment, String>;

/// What happened in a mesh so far, in order.
///
/// It is whole up to some 100,000 events in a run; after that the oldest are forgotten. Without a
/// [`Harness`](crate::Harness) nothing is recorded, and it is empty.
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
    shards: Vec<ShardId>,
    events: Vec<Event>,
    forgotten: u64,
    labels: Labels,
}

impl Timeline {
    /// The events that are kept, in order.
    ///
    /// See [`Timeline`] for an example.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many events before those were forgotten.
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

    // STUB until drawn
    pub(crate) fn svg(&self) -> String {
        String::new()
    }
    pub(crate) fn text(&self, _color: bool) -> String {
        self.events
            .iter()
            .rev()
            .take(40)
            .rev()
            .map(|e| format!("{:?} {}\n", e.at, e.kind))
            .collect()
    }

    /// Tells what each segment was.
    pub(crate) fn set_labels(&mut self, labels: Labels) {
        self.labels = labels;
    }

    /// What a segment was, if that is known.
    pub(crate) fn label(&self, segment: &Segment) -> Option<&str> {
        self.labels.get(segment).map(String::as_str)
    }

    pub(crate) fn labels(&self) -> &Labels {
        &self.labels
    }
}
