//! One episode of chaos as it was resolved: when it began, for how long, and what it did to whom. A
//! rerun plays it back, and draws nothing.

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::kind::Kind;
use crate::decision::chaos::moment::Moment;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Episode {
    /// Of which mesh of the run.
    pub(crate) mesh: usize,
    pub(crate) begins: Begins,
    /// When it began, in the run that this is a decision of: milliseconds.
    pub(crate) began: u64,
    /// For how long: milliseconds.
    pub(crate) lasting: u64,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begins {
    /// At this time of the test's clock, in milliseconds.
    At(u64),
    After(Moment),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Cut(Which),
    Hold(Which),
    Pause(ShardId),
    Crash(Crash),
    Clock(ShardId, Wrong),
}

/// Links, whichever there are when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    Link(ShardId, ShardId),
    /// Both ways.
    Between(Vec<ShardId>, Vec<ShardId>),
    /// From the first group to the second.
    Leading(Vec<ShardId>, Vec<ShardId>),
    From(ShardId),
    To(ShardId),
    /// From it and to it.
    Around(ShardId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crash {
    pub(crate) shards: Vec<ShardId>,
    /// How many of its unsynced writes each disk keeps; all where this is `None`.
    pub(crate) keeping: Option<u64>,
    /// Whether what they had sent arrives all the same.
    pub(crate) in_flight_arrives: bool,
}

/// What is wrong with a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Nanoseconds.
    Ahead(u64),
    Behind(u64),
    /// It runs at so many millionths of the true speed.
    Drifts(u64),
}

impl What {
    /// The kind of chaos that does it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Cut(Which::Between(..) | Which::Around(_)) => Kind::Partition,
            Self::Cut(_) => Kind::OneWay,
            Self::Hold(_) => Kind::Stall,
            Self::Pause(_) => Kind::Pause,
            Self::Crash(_) => Kind::Crash,
            Self::Clock(..) => Kind::Clock,
        }
    }
}

impl Episode {
    /// The same, begun at the time at which it began and not at what happened then.
    pub(crate) fn by_time(&self) -> Option<Self> {
        match self.begins {
            Begins::At(_) => None,
            Begins::After(_) => Some(Self {
                begins: Begins::At(self.began),
                ..self.clone()
            }),
        }
    }
}

impl What {
    /// The same without one shard of several; `None` where that is not possible.
    pub(crate) fn without(&self, shard: ShardId) -> Option<Self> {
        let less = |group: &[ShardId]| -> Vec<ShardId> {
            group.iter().copied().filter(|it| *it != shard).collect()
        };
        match self {
            Self::Crash(crash) if crash.shards.len() > 1 => Some(Self::Crash(Crash {
                shards: less(&crash.shards),
                ..crash.clone()
            })),
            Self::Cut(which) => which.without(&less).map(Self::Cut),
            Self::Hold(which) => which.without(&less).map(Self::Hold),
            _ => None,
        }
    }

    /// The shards that can be left out one by one.
    pub(crate) fn shards(&self) -> Vec<ShardId> {
        match self {
            Self::Crash(crash) => crash.shards.clone(),
            Self::Cut(Which::Between(left, right) | Which::Leading(left, right))
            | Self::Hold(Which::Between(left, right) | Which::Leading(left, right)) => {
                [left.as_slice(), right].concat()
            }
            _ => Vec::new(),
        }
    }
}

impl Which {
    fn without(&self, less: &dyn Fn(&[ShardId]) -> Vec<ShardId>) -> Option<Self> {
        let groups = |left, right| {
            let (left, right) = (less(left), less(right));
            (!left.is_empty() && !right.is_empty()).then_some((left, right))
        };
        match self {
            Self::Between(left, right) => {
                groups(left, right).map(|(left, right)| Self::Between(left, right))
            }
            Self::Leading(left, right) => {
                groups(left, right).map(|(left, right)| Self::Leading(left, right))
            }
            Self::All | Self::Link(..) | Self::From(_) | Self::To(_) | Self::Around(_) => None,
        }
    }
}
