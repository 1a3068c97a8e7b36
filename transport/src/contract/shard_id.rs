use std::fmt;

/// Names one shard of a mesh.
///
/// Any `u64` is a valid name; the numbers need not be dense.
///
/// ```
/// use shard_mesh::ShardId;
///
/// assert_eq!(ShardId(7).to_string(), "7");
/// assert!(ShardId(1) < ShardId(2));
/// assert_eq!(ShardId::from(7), ShardId(7));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardId(pub u64);

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<u64> for ShardId {
    fn from(id: u64) -> Self {
        Self(id)
    }
}
