use std::fmt;
use std::panic::Location;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::kind::Kind;
use crate::decision::latency::Latency;

/// A fault that a test asked for, as the [timeline](crate::Timeline) tells of it.
///
/// See [`EventKind`](crate::EventKind) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultInfo {
    /// What it is, in words: `cut`, `latency of 5 ms`, `rule`.
    pub what: String,
    /// The line that asked for it.
    pub asked: &'static Location<'static>,
    /// The links that it is on; none for a rule, which sees them all.
    pub links: Vec<(ShardId, ShardId)>,
    pub(crate) verb: Verb,
    /// The kind of chaos that made it, if chaos did.
    pub(crate) by_chaos: Option<Kind>,
}

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Cut,
    Hold,
    Latency(Latency),
    Loss,
    Duplicate,
    Reorder,
    Rate,
    Rule,
}

impl FaultInfo {
    pub(crate) fn is_cut(&self) -> bool {
        self.verb == Verb::Cut
    }

    /// The least and the most that a segment takes, if this rules that: in milliseconds.
    pub(crate) fn latency(&self) -> Option<(u64, u64)> {
        match self.verb {
            Verb::Latency(Latency { least, most }) => Some((least, most)),
            _ => None,
        }
    }

    /// The range of latencies that it draws from, if it does: in milliseconds.
    pub(crate) fn jitter(&self) -> Option<(u64, u64)> {
        self.latency().filter(|(least, most)| least < most)
    }
}

impl fmt::Display for FaultInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, asked, .. } = self;
        write!(f, "{what} ({}:{})", asked.file(), asked.line())
    }
}
