use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::contract::error::TransportError;
use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::trace::fault_info::FaultInfo;

/// One thing that happened in a mesh.
///
/// See [`Timeline`](crate::Timeline) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// When, on the clock of the test, since it began; in whole milliseconds.
    pub at: Duration,
    /// What happened.
    pub kind: EventKind,
}

/// What happened: to a segment, to a shard, or to the network.
///
/// ```
/// use shard_mesh::{Endpoint, EventKind, Mesh, ShardId};
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
///     mesh.link(0, 1).cut();
///     a.send_segment(ShardId(1), 7).await.unwrap();
///     let timeline = mesh.timeline();
///     let [began, sent, lost] = timeline.events() else { panic!("{timeline}") };
///     assert!(matches!(&began.kind, EventKind::FaultBegan(fault) if fault.what == "cut"));
///     assert!(matches!(sent.kind, EventKind::Sent(segment) if segment.number == 1));
///     assert!(matches!(lost.kind, EventKind::Lost(_, shard_mesh::Loss::Cut)));
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A send succeeded. Unless something else is told of it, the segment arrived at that moment.
    Sent(Segment),
    /// It will not be received, and why.
    Lost(Segment, Loss),
    /// It is kept back until it is released.
    Held(Segment),
    /// A copy of it was made.
    Duplicated(Segment),
    /// Later ones may overtake it.
    Reordered(Segment),
    /// It came to the inbox, later than it was sent.
    Arrived(Segment),
    /// It, or its copy, was handed to a receiver.
    Received(Segment),
    /// The last `Arc` of the endpoint of a shard was dropped.
    Dropped(ShardId),
    /// A shard [crashed](crate::Mesh::crash).
    Crashed(ShardId),
    /// A shard was [restarted](crate::Mesh::restart).
    Restarted(ShardId),
    /// A shard was [frozen](crate::Mesh::pause).
    Paused(ShardId),
    /// A shard [went on](crate::Mesh::resume).
    Resumed(ShardId),
    /// The [clock](crate::Mesh::clock) of a shard was set wrong, or right.
    ClockSet(ShardId, ClockChange),
    /// A fault was put on links, or a rule began.
    FaultBegan(Arc<FaultInfo>),
    /// A fault was healed, or a rule ended.
    FaultEnded(Arc<FaultInfo>),
    /// A send of the first shard to the second was refused, with this error. Of those of one millisecond on
    /// one link, the first is told; [`LinkStats::refused`](crate::LinkStats::refused) and
    /// [`Stats::unknown_peers`](crate::Stats::unknown_peers) count them all.
    Refused(ShardId, ShardId, TransportError),
    /// Something was [noted](crate::Mesh::note) of a shard.
    Noted(ShardId, Arc<str>),
}

/// What became of the clock of a shard.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{ClockChange, Endpoint, EventKind, Mesh};
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
///     mesh.clock(1).behind(Duration::from_secs(3));
///     let timeline = mesh.timeline();
///     let [set] = timeline.events() else { panic!("{timeline}") };
///     assert!(matches!(set.kind, EventKind::ClockSet(_, ClockChange::Behind(_))));
///     assert_eq!(set.kind.to_string(), "the clock of shard 1 was set 3s behind");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockChange {
    /// It is this much ahead of the true time, beside what a drift has gathered.
    Ahead(Duration),
    /// It is this much behind the true time, beside what a drift has gathered.
    Behind(Duration),
    /// It runs at so many millionths of the true speed.
    Drifts(u64),
    /// It shows the true time.
    Right,
}

impl fmt::Display for ClockChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ahead(error) => write!(f, "set {error:?} ahead"),
            Self::Behind(error) => write!(f, "set {error:?} behind"),
            Self::Drifts(1_000_000) => f.write_str("set to the true speed"),
            #[allow(
                clippy::cast_precision_loss,
                reason = "at most a thousand times a million"
            )]
            Self::Drifts(millionths) => {
                let rate = *millionths as f64 / 1e6;
                write!(f, "set to {rate} of the true speed")
            }
            Self::Right => f.write_str("set right"),
        }
    }
}

/// Why a segment was lost.
///
/// See [`EventKind`] for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// Its link was cut.
    Cut,
    /// A [loss](crate::Links::loss) struck it.
    Chance,
    /// A rule dropped it.
    Rule,
    /// One of its two shards crashed.
    Crash,
    /// The endpoint that was to receive it was dropped.
    End,
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent(Segment { from, to, number }) => {
                write!(f, "shard {from} sent segment {number} to shard {to}")
            }
            Self::Received(Segment { from, to, number }) => {
                write!(f, "shard {to} received segment {number} of shard {from}")
            }
            Self::Lost(segment, why) => write!(f, "{segment} was lost {why}"),
            Self::Held(segment) => write!(f, "{segment} was held"),
            Self::Duplicated(segment) => write!(f, "{segment} was duplicated"),
            Self::Reordered(segment) => write!(f, "{segment} may be overtaken"),
            Self::Arrived(segment) => write!(f, "{segment} arrived"),
            Self::Dropped(shard) => write!(f, "the endpoint of shard {shard} was dropped"),
            Self::Crashed(shard) => write!(f, "shard {shard} crashed"),
            Self::Restarted(shard) => write!(f, "shard {shard} was restarted"),
            Self::Paused(shard) => write!(f, "shard {shard} was paused"),
            Self::Resumed(shard) => write!(f, "shard {shard} was resumed"),
            Self::ClockSet(shard, change) => write!(f, "the clock of shard {shard} was {change}"),
            Self::FaultBegan(fault) => write!(f, "{fault} began"),
            Self::FaultEnded(fault) => write!(f, "{fault} ended"),
            Self::Refused(from, to, why) => {
                write!(
                    f,
                    "a send of shard {from} to shard {to} was refused: `{}`",
                    error_name(*why)
                )
            }
            Self::Noted(shard, text) => write!(f, "shard {shard}: {text}"),
        }
    }
}

/// The name of the error.
pub(crate) fn error_name(why: TransportError) -> &'static str {
    match why {
        TransportError::UnknownPeer(_) => "UnknownPeer",
        TransportError::Closed => "Closed",
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cut => "to a cut",
            Self::Chance => "by chance",
            Self::Rule => "to a rule",
            Self::Crash => "in a crash",
            Self::End => "with the endpoint",
        })
    }
}
