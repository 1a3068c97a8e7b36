//! A segment as bytes, for peers that carry nothing else: what arrives is a segment again, as it
//! is in every other design.

use bytes::Bytes;
use shard_mesh::ShardId;

use crate::designs::Segment;

const HEADER: usize = 16;
const BODY: usize = 256;
pub(super) const LENGTH: usize = HEADER + BODY;

pub(super) fn body() -> Bytes {
    Bytes::from(vec![7; BODY])
}

pub(super) fn segment(number: u32, body: &Bytes) -> Segment {
    Segment::new(ShardId(0), number.into(), body.clone())
}

/// Encodes in place, without an allocation.
pub(super) fn encode(segment: &Segment) -> [u8; LENGTH] {
    let mut wire = [0; LENGTH];
    let (header, body) = wire.split_at_mut(HEADER);
    header[..8].copy_from_slice(&segment.source().0.to_le_bytes());
    header[8..].copy_from_slice(&segment.number().to_le_bytes());
    body.copy_from_slice(segment.data());
    wire
}

pub(super) fn decode(wire: &[u8; LENGTH]) -> Segment {
    let word = |at| u64::from_le_bytes(std::array::from_fn(|byte| wire[at + byte]));
    Segment::new(
        ShardId(word(0)),
        word(8),
        Bytes::copy_from_slice(&wire[HEADER..]),
    )
}
