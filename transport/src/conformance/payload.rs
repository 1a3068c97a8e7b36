use std::fmt::Debug;

use crate::contract::payload::WalSegmentPayload;

/// What the checks can send: a [`WalSegmentPayload`], or a payload of your own in which one can be put
/// and from which it can be taken.
///
/// ```
/// use shard_mesh::WalSegmentPayload;
///
/// #[derive(Debug)]
/// enum Packet {
///     Segment(WalSegmentPayload),
///     Ack(u64),
/// }
///
/// impl From<WalSegmentPayload> for Packet {
///     fn from(segment: WalSegmentPayload) -> Self {
///         Self::Segment(segment)
///     }
/// }
///
/// impl From<Packet> for WalSegmentPayload {
///     fn from(packet: Packet) -> Self {
///         match packet {
///             Packet::Segment(segment) => segment,
///             Packet::Ack(_) => panic!("the suite sends no acknowledgements"),
///         }
///     }
/// }
///
/// fn is_payload<P: shard_mesh::conformance::Payload>() {}
/// is_payload::<Packet>();
/// ```
pub trait Payload:
    Debug + From<WalSegmentPayload> + Into<WalSegmentPayload> + Send + 'static
{
}

impl<P> Payload for P where
    P: Debug + From<WalSegmentPayload> + Into<WalSegmentPayload> + Send + 'static
{
}
