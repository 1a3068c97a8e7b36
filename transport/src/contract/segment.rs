use std::fmt;

use crate::contract::shard_id::ShardId;

/// Names a segment: the link that it was sent on, and its number on that link.
///
/// ```
/// use shard_mesh::{Segment, ShardId};
///
/// let segment = Segment { from: ShardId(0), to: ShardId(2), number: 7 };
/// assert_eq!(segment.to_string(), "segment 7 of 0 -> 2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// The sending shard.
    pub from: ShardId,
    /// The shard to which it was sent.
    pub to: ShardId,
    /// Its number on its link, from 1. A copy has that of the original.
    pub number: u64,
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, number } = self;
        write!(f, "segment {number} of {from} -> {to}")
    }
}
