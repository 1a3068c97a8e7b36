//! Why a segment was not sent or received.

use std::fmt;

use thiserror::Error;

use crate::contract::shard_id::ShardId;

/// Why a segment could not be sent.
///
/// ```
/// use shard_mesh::{InProcessTransportFactory, ShardId, TransportError, WalSegmentPayload};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let factory = InProcessTransportFactory::new();
/// let leader = factory.create(ShardId(0));
/// let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
/// assert_eq!(
///     leader.send_segment(ShardId(1), segment).await,
///     Err(TransportError::UnknownPeer(ShardId(1))),
/// );
/// # });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No link leads from the sender to this shard. A shard has no link to itself.
    #[error(
        "no link leads to shard {0}: a shard has no link to itself; to another, declare the shard if \
         the mesh has none of that id, or wire this direction too, as links are one way, with \
         `topology = duplex` on the attribute or `factory.connect(from, to)`"
    )]
    UnknownPeer(ShardId),
    /// The link is there, but one of its two endpoints is gone.
    #[error(
        "the link is closed, because one of its endpoints has crashed or was dropped: expect this \
         error from a crash until `mesh.restart`; else keep both endpoints alive for as long as \
         segments are sent"
    )]
    Closed,
}

/// Says what `Display` says as well, because a test shows its errors by `unwrap`, or by returning
/// them, and both print this.
impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPeer(peer) => write!(f, "UnknownPeer({peer}): {self}"),
            Self::Closed => write!(f, "Closed: {self}"),
        }
    }
}

/// Why [`try_send_segment`](crate::InProcessTransport::try_send_segment) did not send, with the
/// payload handed back.
///
/// ```
/// use shard_mesh::{InProcessTransportFactory, ShardId, TrySendError};
///
/// let factory = InProcessTransportFactory::new().with_capacity(1);
/// let (a, _b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
/// factory.connect(ShardId(0), ShardId(1));
/// assert_eq!(a.try_send_segment(ShardId(1), "first"), Ok(()));
/// let refused = a.try_send_segment(ShardId(1), "second").unwrap_err();
/// assert_eq!(refused, TrySendError::Full("second"));
/// assert_eq!(refused.into_payload(), "second");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrySendError<P> {
    /// The link has no room: it holds as many segments as its capacity allows, or other tasks
    /// already wait for the room that is left.
    #[error("the link is full: receive from it, or wait for room with `send_segment`")]
    Full(P),
    /// What [`TransportError::UnknownPeer`] says.
    #[error("{}", TransportError::UnknownPeer(*.0))]
    UnknownPeer(ShardId, P),
    /// What [`TransportError::Closed`] says.
    #[error("{}", TransportError::Closed)]
    Closed(P),
}

impl<P> TrySendError<P> {
    /// The payload that was not sent.
    pub fn into_payload(self) -> P {
        match self {
            Self::Full(payload) | Self::UnknownPeer(_, payload) | Self::Closed(payload) => payload,
        }
    }
}

/// Leaves the payload out, as tokio's own does, so that an `unwrap` stays readable.
impl<P> fmt::Debug for TrySendError<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("Full(..)"),
            Self::UnknownPeer(peer, _) => write!(f, "UnknownPeer({peer}, ..)"),
            Self::Closed(_) => f.write_str("Closed(..)"),
        }
    }
}

/// Why [`try_recv_segment`](crate::InProcessTransport::try_recv_segment) had nothing to give.
///
/// ```
/// use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
///
/// let factory = InProcessTransportFactory::<String>::new();
/// let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
/// factory.connect(ShardId(0), ShardId(1));
/// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
/// drop(a);
/// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Closed));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TryRecvError {
    /// Nothing has arrived, but a link is open on which something may.
    #[error("the inbox is empty: nothing has arrived yet")]
    Empty,
    /// Nothing has arrived and no open link leads here, so nothing will.
    #[error("the inbox is closed: no open link leads to this shard")]
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unwrapped_error_says_what_to_do() {
        let text = format!("{:?}", TransportError::UnknownPeer(ShardId(3)));
        assert!(
            text.starts_with("UnknownPeer(3): no link leads to shard 3"),
            "{text}"
        );
        assert!(text.contains("topology = duplex"), "{text}");
        // Whoever sends to itself must not try that.
        assert!(text.contains("a shard has no link to itself"), "{text}");
        let text = format!("{:?}", TransportError::Closed);
        assert!(text.starts_with("Closed: the link is closed"), "{text}");
    }
}
