//! What happened in a mesh, in order, as data.

mod clean;
mod event;
mod flights;
mod recording;
mod steps;
#[cfg(feature = "svg")]
mod svg;
mod text;
mod words;

use std::collections::HashMap;

pub use event::{Event, EventKind, Loss, Segment};
pub(crate) use recording::Recording;
pub(crate) use words::links;

use crate::ShardId;

/// What each segment was: its `Debug`, on one line and cut short.
pub(crate) type Labels = HashMap<Segment, String>;

/// What happened in a mesh so far, in order.
///
/// It is whole up to some 8,000 events in a run; after that the oldest are forgotten. Without a
/// [`Harness`](crate::Harness) nothing is recorded, and it is empty.
///
/// Its `Display` is a space-time diagram of the last events, a lane for each shard and a row for
/// each thing that happened, with the time at the side. A segment sets off at `●` and is received at
/// `◆`; an arrow that ends at the bare lane is in the inbox, one that is dashed takes longer than
/// its row, and one that ends at `✕` or `┤` is lost or held.
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

    /// Tells what each segment was.
    pub(crate) fn set_labels(&mut self, labels: Labels) {
        self.labels = labels;
    }

    /// What a segment was, if that is known.
    pub(crate) fn label(&self, segment: &Segment) -> Option<&str> {
        self.labels.get(segment).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::fault::{FaultInfo, Verb};

    /// A segment of the link from shard 0 to shard 1.
    pub(super) fn segment(number: u64) -> Segment {
        Segment {
            from: ShardId(0),
            to: ShardId(1),
            number,
        }
    }

    /// All at one moment, in a mesh of the shards `0..shards`.
    pub(super) fn timeline(shards: u64, kinds: impl IntoIterator<Item = EventKind>) -> Timeline {
        let events = kinds.into_iter().map(|kind| Event {
            at: Duration::ZERO,
            kind,
        });
        Timeline {
            shards: (0..shards).map(ShardId).collect(),
            events: events.collect(),
            forgotten: 0,
            labels: Labels::new(),
        }
    }

    /// A fault on that link.
    pub(super) fn fault(verb: Verb, what: &str) -> FaultInfo {
        fault_on(verb, what, &[(0, 1)])
    }

    pub(super) fn fault_on(verb: Verb, what: &str, links: &[(u64, u64)]) -> FaultInfo {
        let links = links
            .iter()
            .map(|(from, to)| (ShardId(*from), ShardId(*to)));
        FaultInfo {
            what: what.to_owned(),
            asked: Location::caller(),
            links: links.collect(),
            verb,
        }
    }
    /// An event as no mesh may have it, out of chance.
    fn any(mut chance: impl FnMut(u64) -> u64) -> EventKind {
        let from = chance(12);
        let segment = Segment {
            from: ShardId(from),
            to: ShardId((from + 1 + chance(11)) % 12),
            number: 1 + chance(3),
        };
        let links = [(chance(6), 6 + chance(6)), (6 + chance(6), chance(6))];
        let verb = [
            Verb::Cut,
            Verb::Latency(Duration::from_millis(5).into()),
            Verb::Hold,
        ][usize::try_from(chance(3)).unwrap()];
        let fault = Arc::new(fault_on(
            verb,
            "fault",
            &links[..=usize::from(chance(2) == 0)],
        ));
        let why = [Loss::Cut, Loss::Chance, Loss::Rule, Loss::Crash, Loss::End];
        let why = why[usize::try_from(chance(5)).unwrap()];
        match chance(16) {
            0..=4 => EventKind::Sent(segment),
            5 => EventKind::Lost(segment, why),
            6 => EventKind::Held(segment),
            7 => EventKind::Duplicated(segment),
            8 => EventKind::Reordered(segment),
            9 => EventKind::Arrived(segment),
            10 | 11 => EventKind::Received(segment),
            12 => EventKind::FaultBegan(fault),
            13 => EventKind::FaultEnded(fault),
            14 => EventKind::Crashed(segment.to),
            _ => EventKind::Restarted(segment.from),
        }
    }

    #[test]
    fn whatever_is_told_can_be_drawn() {
        for seed in 0..500_u64 {
            let mut state = seed;
            let mut chance = move |below: u64| {
                // Knuth's MMIX.
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            let kinds: Vec<_> = (0..chance(120)).map(|_| any(&mut chance)).collect();
            let timeline = timeline(12, kinds);
            let text = timeline.to_string();
            assert!(text.lines().count() <= 40, "{text}");
            let widest = text.lines().map(|it| it.chars().count()).max();
            assert!(widest <= Some(100), "{text}");
            #[cfg(feature = "svg")]
            roxmltree::Document::parse(&timeline.svg()).unwrap();
        }
    }
}
