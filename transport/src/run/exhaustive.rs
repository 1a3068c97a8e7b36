//! Every single fault that can be added to a run, in place of a sample.

use std::collections::HashSet;
use std::fmt;

use crate::decision::chaos::episode::{Begins, Crash, Episode, What};
use crate::decision::chaos::moment::{Happens, Moment};
use crate::decision::choice::{Choice, Decision, OnSegment};
use crate::network::inbox::node::Node;
use crate::trace::event::EventKind;
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

    /// The same crash, in which no unsynced write survives.
    pub(crate) fn keeping_nothing(&self) -> Option<Self> {
        let Decision::Episode(episode) = &self.decision else {
            return None;
        };
        let What::Crash(crash) = &episode.what else {
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
        let of_mesh = if several {
            format!(" in mesh {}", mesh + 1)
        } else {
            String::new()
        };
        let mut crash = |shard, happens| {
            let moment = Moment(happens);
            let crash = Crash {
                shards: vec![shard],
                keeping: None,
                in_flight_arrives: true,
            };
            crashes.push(SingleFault {
                name: format!("a crash of shard {shard}{of_mesh} {}", words(happens)),
                decision: Decision::Episode(Episode {
                    mesh,
                    begins: Begins::After(moment),
                    began: 0,
                    lasting: DOWN,
                    what: What::Crash(crash),
                }),
            });
        };
        let is_node = |shard| nodes.iter().any(|node| node.shard == shard);
        for node in nodes {
            let all = |happens: fn(_, _) -> Happens, count| {
                (1..=count).map(move |nth| happens(node.shard, nth))
            };
            let booted = all(Happens::Booted, node.boots);
            let written = all(Happens::Written, node.written);
            let synced = all(Happens::Synced, node.synced);
            booted
                .chain(written)
                .chain(synced)
                .for_each(|it| crash(node.shard, it));
        }
        let lost = timeline.events.iter().filter_map(|it| match it.kind {
            EventKind::Lost(segment, _) => Some(segment),
            _ => None,
        });
        let lost: HashSet<_> = lost.collect();
        for event in &timeline.events {
            match event.kind {
                EventKind::Sent(segment) => {
                    if !lost.contains(&segment) {
                        losses.push(SingleFault {
                            decision: Decision::OnSegment(OnSegment::new(
                                mesh,
                                segment,
                                Choice::Lost,
                                None,
                            )),
                            name: format!("the loss of {segment}{of_mesh}"),
                        });
                    }
                    if is_node(segment.from) {
                        crash(segment.from, Happens::Sent(segment));
                    }
                }
                EventKind::Received(segment) if is_node(segment.to) => {
                    crash(segment.to, Happens::Received(segment));
                }
                _ => {}
            }
        }
    }
    losses.append(&mut crashes);
    within_bounds(losses)
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
