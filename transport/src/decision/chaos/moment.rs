use std::fmt;

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;

/// A moment of a run that is known by what happens at it: what [`Mesh::after`](crate::Mesh::after) takes.
///
/// Segments go by their numbers on their links, and writes, syncs and boots by how many of them there
/// were at their shard: all count from 1, over all lives of the shard.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{Endpoint, Mesh, Moment, ShardId, TransportError};
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
///     // As soon as shard 0 has sent its first segment to shard 1, the way there is cut for 5 ms.
///     mesh.after(Moment::sent(0, 1, 1)).link(0, 1).cut().lasting(Duration::from_millis(5));
///     a.send_segment(ShardId(1), 7).await.unwrap();
///     a.send_segment(ShardId(1), 8).await.unwrap(); // is swallowed
///     assert_eq!(mesh.stats().link(0, 1).dropped, 1);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment(pub(crate) Happens);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Happens {
    /// A segment is about to be sent.
    Sending(Segment),
    Sent(Segment),
    /// It is about to be received.
    Receiving(Segment),
    Received(Segment),
    /// A shard has written to a disk of its own, for the so-manieth time.
    Written(ShardId, u64),
    Synced(ShardId, u64),
    /// The node of a shard was booted.
    Booted(ShardId, u64),
}

impl Moment {
    /// The segment to which it happens, if it is one.
    pub(crate) fn segment(self) -> Option<Segment> {
        match self.0 {
            Happens::Sending(segment)
            | Happens::Sent(segment)
            | Happens::Receiving(segment)
            | Happens::Received(segment) => Some(segment),
            Happens::Written(..) | Happens::Synced(..) | Happens::Booted(..) => None,
        }
    }
}

fn segment(from: impl Into<ShardId>, to: impl Into<ShardId>, number: u64) -> Segment {
    Segment {
        from: from.into(),
        to: to.into(),
        number,
    }
}

impl Moment {
    /// Just before a shard sends a segment to another one, which is not on its way yet. A crash of the
    /// sender takes it along.
    ///
    /// See [`Moment`] for an example.
    #[must_use]
    pub fn sending(from: impl Into<ShardId>, to: impl Into<ShardId>, number: u64) -> Self {
        Self(Happens::Sending(segment(from, to, number)))
    }

    /// Just after it was sent, before the sender does anything else.
    ///
    /// See [`Moment`] for an example.
    #[must_use]
    pub fn sent(from: impl Into<ShardId>, to: impl Into<ShardId>, number: u64) -> Self {
        Self(Happens::Sent(segment(from, to, number)))
    }

    /// It has arrived, and is about to be received.
    ///
    /// See [`Moment`] for an example.
    #[must_use]
    pub fn receiving(from: impl Into<ShardId>, to: impl Into<ShardId>, number: u64) -> Self {
        Self(Happens::Receiving(segment(from, to, number)))
    }

    /// It was received, and the receiver has not seen it yet.
    ///
    /// See [`Moment`] for an example.
    #[must_use]
    pub fn received(from: impl Into<ShardId>, to: impl Into<ShardId>, number: u64) -> Self {
        Self(Happens::Received(segment(from, to, number)))
    }

    /// A task of a shard has written to one of its [disks](crate::Disk), for the so-manieth time.
    ///
    /// See [`Moment`] for an example.
    #[must_use]
    pub fn written(shard: impl Into<ShardId>, number: u64) -> Self {
        Self(Happens::Written(shard.into(), number))
    }

    /// A task of a shard has synced one of its disks, for the so-manieth time.
    ///
    /// See [`Moment`] for an example.
    #[must_use]
    pub fn synced(shard: impl Into<ShardId>, number: u64) -> Self {
        Self(Happens::Synced(shard.into(), number))
    }

    /// The [node](crate::Mesh::host) of a shard was booted for the so-manieth time, and has not done
    /// anything yet.
    ///
    /// See [`Moment`] for an example.
    #[must_use]
    pub fn booted(shard: impl Into<ShardId>, number: u64) -> Self {
        Self(Happens::Booted(shard.into(), number))
    }
}

impl Happens {
    /// The shard at which it happens.
    pub(crate) fn at(self) -> ShardId {
        match self {
            Self::Sending(segment) | Self::Sent(segment) => segment.from,
            Self::Receiving(segment) | Self::Received(segment) => segment.to,
            Self::Written(shard, _) | Self::Synced(shard, _) | Self::Booted(shard, _) => shard,
        }
    }
}

/// As Rust writes it: `Moment::sent(0, 9, 8)`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, segment) = match self.0 {
            Happens::Sending(segment) => ("sending", segment),
            Happens::Sent(segment) => ("sent", segment),
            Happens::Receiving(segment) => ("receiving", segment),
            Happens::Received(segment) => ("received", segment),
            Happens::Written(shard, number) => {
                return write!(f, "Moment::written({shard}, {number})");
            }
            Happens::Synced(shard, number) => {
                return write!(f, "Moment::synced({shard}, {number})");
            }
            Happens::Booted(shard, number) => {
                return write!(f, "Moment::booted({shard}, {number})");
            }
        };
        let Segment { from, to, number } = segment;
        write!(f, "Moment::{what}({from}, {to}, {number})")
    }
}
