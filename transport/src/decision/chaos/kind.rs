use std::fmt;

/// A kind of fault that [chaos](crate::Mesh::chaos) makes.
///
/// ```
/// use shard_mesh::Kind;
///
/// assert_eq!(Kind::OneWay.to_string(), "one_way");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// All links between two groups of shards are cut, both ways.
    Partition,
    /// Some links are cut in one direction: one link, all that leave a shard, or all that reach it.
    OneWay,
    /// Segments take longer on some links.
    Slow,
    /// Some links keep what is sent, and deliver it in order at the end.
    Stall,
    /// Segments are lost on some links, each with some probability.
    Lossy,
    /// A hosted shard is frozen.
    Pause,
    /// Hosted shards crash, and are restarted.
    Crash,
    /// The clock of a shard jumps, or drifts.
    Clock,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::Partition,
        Self::OneWay,
        Self::Slow,
        Self::Stall,
        Self::Lossy,
        Self::Pause,
        Self::Crash,
        Self::Clock,
    ];

    /// Whether it takes a shard that has a node.
    pub(crate) fn takes_hosts(self) -> bool {
        matches!(self, Self::Pause | Self::Crash)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Partition => "partition",
            Self::OneWay => "one_way",
            Self::Slow => "slow",
            Self::Stall => "stall",
            Self::Lossy => "lossy",
            Self::Pause => "pause",
            Self::Crash => "crash",
            Self::Clock => "clock",
        })
    }
}
