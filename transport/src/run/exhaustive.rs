//! Every single fault that can be added to a run, in place of a sample.

use std::collections::HashSet;
use std::fmt;

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::{Begins, Crash, Episode, What};
use crate::decision::chaos::moment::{Happens, Moment};
use crate::decision::choice::{Choice, Decision, OnSegment};
use crate::network::inbox::node::Node;
use crate::trace::event::{Event, EventKind};
use crate::trace::recording::Recording;

/// More runs than this are refused.
const MOST: usize = 100_000;

/// How long a shard is down: milliseconds.
const DOWN: u64 = 10;

/// The loss of one segment, or one crash.
#[derive(Clone, Debug)]
pub(crate) struct SingleFault {
    pub(crate) decision: Decision,
    name: String,
}

impl SingleFault {
    pub(crate) fn is_crash(&self) -> bool {
        matches!(self.decision, Decision::Episode(_))
    }

    /// The same crash, in which no unsynced write survives, where it is one that keeps them.
    pub(crate) fn keeping_nothing(&self) -> Option<Self> {
        let Decision::Episode(episode) = &self.decision else {
            return None;
        };
        let What::Crash(crash @ Crash { keeping: None, .. }) = &episode.what else {
            return None;
        };
        Some(Self {
            decision: Decision::Episode(Episode {
                what: What::Crash(Crash {
                    keeping: Some(0),
                    ..crash.clone()
                }),
                ..episode.clone()
            }),
            name: format!("{}, which loses all unsynced writes", self.name),
        })
    }
}

impl fmt::Display for SingleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Each segment that was not lost anyway may be lost; and each shard with a node may crash right after it has
/// sent or received a segment, written to a disk, synced it, or booted.
///
/// # Errors
///
/// Why there are none.
pub(crate) fn cases<'a>(
    meshes: impl ExactSizeIterator<Item = (&'a Recording, &'a Vec<Node>)>,
) -> Result<Vec<SingleFault>, String> {
    let several = meshes.len() > 1;
    let (mut losses, mut crashes) = (Vec::new(), Vec::new());
    for (mesh, (recording, nodes)) in meshes.enumerate() {
        let timeline = recording.timeline();
        if timeline.forgotten > 0 {
            let (kept, forgotten) = (timeline.events.len(), timeline.forgotten);
            return Err(format!(
                "the run without any fault has {} events, of which {forgotten} are forgotten: each \
                 fault is tried of a run whose log is whole, so make it shorter",
                kept as u64 + forgotten
            ));
        }
        let name = if several {
            format!(" in mesh {}", mesh + 1)
        } else {
            String::new()
        };
        let lost = not_lost(&timeline.events);
        losses.extend(lost.into_iter().map(|it| loss((mesh, &name), it)));
        let moments = moments(&timeline.events, nodes).into_iter();
        crashes.extend(moments.map(|(shard, it)| crash((mesh, &name), shard, it)));
    }
    losses.append(&mut crashes);
    within_bounds(losses)
}

/// The segments that were sent and not lost, in order.
fn not_lost(events: &[Event]) -> Vec<Segment> {
    let lost = events.iter().filter_map(|it| match it.kind {
        EventKind::Lost(segment, _) => Some(segment),
        _ => None,
    });
    let lost: HashSet<_> = lost.collect();
    let sent = events.iter().filter_map(|it| match it.kind {
        EventKind::Sent(segment) => Some(segment),
        _ => None,
    });
    sent.filter(|it| !lost.contains(it)).collect()
}

/// What the nodes did, each right after which one may crash.
fn moments(events: &[Event], nodes: &[Node]) -> Vec<(ShardId, Happens)> {
    let mut moments = Vec::new();
    for node in nodes {
        let all = |happens: fn(_, _) -> Happens, count| {
            (1..=count).map(move |nth| (node.shard, happens(node.shard, nth)))
        };
        moments.extend(all(Happens::Booted, node.boots));
        moments.extend(all(Happens::Written, node.written));
        moments.extend(all(Happens::Synced, node.synced));
    }
    let of_links = events.iter().filter_map(|it| match it.kind {
        EventKind::Sent(segment) => Some((segment.from, Happens::Sent(segment))),
        EventKind::Received(segment) => Some((segment.to, Happens::Received(segment))),
        _ => None,
    });
    let is_node = |shard| nodes.iter().any(|node| node.shard == shard);
    moments.extend(of_links.filter(|(shard, _)| is_node(*shard)));
    moments
}

fn loss((mesh, of_mesh): (usize, &str), segment: Segment) -> SingleFault {
    let lost = OnSegment::new(mesh, segment, Choice::Lost, None);
    SingleFault {
        decision: Decision::OnSegment(lost),
        name: format!("the loss of {segment}{of_mesh}"),
    }
}

fn crash((mesh, of_mesh): (usize, &str), shard: ShardId, happens: Happens) -> SingleFault {
    let crash = Crash {
        shards: vec![shard],
        keeping: None,
        in_flight_arrives: true,
    };
    SingleFault {
        decision: Decision::Episode(Episode {
            mesh,
            begins: Begins::After(Moment(happens)),
            began: 0,
            lasting: DOWN,
            what: What::Crash(crash),
        }),
        name: format!("a crash of shard {shard}{of_mesh} {}", words(happens)),
    }
}

fn within_bounds(cases: Vec<SingleFault>) -> Result<Vec<SingleFault>, String> {
    match cases.len() {
        0 => Err(
            "the run without any fault sends no segment, and no node of it does anything: \
                  there is no fault to try"
                .to_owned(),
        ),
        many if many > MOST => Err(format!(
            "there are {many} single faults to try, and at most {MOST} are tried: make the test shorter"
        )),
        _ => Ok(cases),
    }
}

fn words(happens: Happens) -> String {
    match happens {
        Happens::Sent(segment) => format!("after it sent {segment}"),
        Happens::Received(segment) => format!("after it received {segment}"),
        Happens::Written(_, nth) => format!("after its write {nth}"),
        Happens::Synced(_, nth) => format!("after its sync {nth}"),
        Happens::Booted(_, nth) => format!("after its boot {nth}"),
        Happens::Sending(segment) => format!("before it sends {segment}"),
        Happens::Receiving(segment) => format!("before it receives {segment}"),
    }
}
