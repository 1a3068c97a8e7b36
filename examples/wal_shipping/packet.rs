//! What goes over the links, and how it is sent.

use shard_mesh::{Endpoint, ShardId, TransportError, TrySendError, WalSegmentPayload};
use thiserror::Error;

use crate::log::LogError;

#[derive(Clone, Debug)]
pub(crate) enum Packet {
    /// From a leader: what do you have of my log?
    Ask,
    /// From a leader: a segment of its log, as it lies on its disk.
    Segment(WalSegmentPayload),
    /// From a follower, to the leader of the log that it speaks of: this sequence number is due. All
    /// before it is on my disk.
    Ack { next: u64 },
}

#[derive(Debug, Error)]
pub(crate) enum ReplicationError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// Sends a packet, or loses it: a peer that has crashed, or whose link is full, keeps no other
/// waiting. The leader's timer makes both good.
pub(crate) fn send(
    endpoint: &Endpoint<Packet>,
    to: ShardId,
    packet: Packet,
) -> Result<(), TransportError> {
    match endpoint.try_send_segment(to, packet) {
        Err(TrySendError::UnknownPeer(id, _)) => Err(TransportError::UnknownPeer(id)),
        _ => Ok(()),
    }
}
