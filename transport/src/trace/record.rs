//! One thing that happened, as a compact record.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Kind {
    Sent,
    /// A segment was lost: to a cut, to chance, to a rule, with a crash, with a dropped endpoint;
    /// `extra` says where it was, see [`LostFrom`].
    LostToCut,
    LostByChance,
    LostToRule,
    LostInCrash,
    LostAtEnd,
    /// It is kept back until it is released.
    Held,
    /// A copy of it is on its way too, by chance or by a rule.
    DuplicatedByChance,
    DuplicatedByRule,
    /// Later ones may overtake it: as many as `extra` says.
    ReorderedByChance,
    ReorderedByRule,
    /// It is in the inbox, later than it was sent.
    Arrived,
    Received,
    /// Of a shard: its endpoint was dropped, it crashed, and so on.
    Dropped,
    Crashed,
    Restarted,
    Paused,
    Resumed,
    /// Its clock was set: ahead or behind by the nanoseconds in `segment`, to a speed of the millionths
    /// in it, or right.
    ClockAhead,
    ClockBehind,
    ClockDrifts,
    ClockRight,
    /// Of the fault whose number is in `segment`.
    FaultBegan,
    FaultEnded,
    /// A send was refused, to the shard whose id is in `segment`: the peer is closed, or no link leads there.
    RefusedClosed,
    RefusedUnknown,
    /// The test, or a task, has noted something of a shard: the text whose number is in `segment`.
    Noted,
}

impl Kind {
    pub(crate) const ALL: [Self; 27] = [
        Self::Sent,
        Self::LostToCut,
        Self::LostByChance,
        Self::LostToRule,
        Self::LostInCrash,
        Self::LostAtEnd,
        Self::Held,
        Self::DuplicatedByChance,
        Self::DuplicatedByRule,
        Self::ReorderedByChance,
        Self::ReorderedByRule,
        Self::Arrived,
        Self::Received,
        Self::Dropped,
        Self::Crashed,
        Self::Restarted,
        Self::Paused,
        Self::Resumed,
        Self::ClockAhead,
        Self::ClockBehind,
        Self::ClockDrifts,
        Self::ClockRight,
        Self::FaultBegan,
        Self::FaultEnded,
        Self::RefusedClosed,
        Self::RefusedUnknown,
        Self::Noted,
    ];
}

/// Where a segment was when it was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LostFrom {
    InFlight,
    Inbox,
    Hold,
}

impl LostFrom {
    /// Of a record that says so.
    pub(crate) fn of(record: &Record) -> Self {
        let all = [Self::InFlight, Self::Inbox, Self::Hold];
        let known = all.into_iter().find(|it| *it as u16 == record.extra);
        known.unwrap_or(Self::InFlight)
    }
}

/// One thing that happened. Records sort in an order in which they can have happened: that of the
/// clock, and within one moment that of cause and effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record {
    /// Milliseconds since the test began, on the test's clock.
    pub(crate) at: u64,
    /// On one thread, the number of the event in the run. On several, the logical time of the
    /// shard at which it happened (Lamport, "Time, Clocks, and the Ordering of Events in a
    /// Distributed System", 1978): a counter that all threads shared would slow down those that
    /// have nothing else in common.
    pub(crate) tick: u64,
    pub(crate) kind: Kind,
    /// What else there is to know: see [`Kind`].
    pub(crate) extra: u16,
    /// Index of the sending shard, or of the one that it befell.
    pub(crate) from: u32,
    /// The number of the segment on its link, from 1.
    pub(crate) segment: u64,
}
