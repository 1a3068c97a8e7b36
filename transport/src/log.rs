//! What happened, as compact records: no formatting, no allocation once the ring has grown, and a
//! bounded memory however long the test runs.

use crate::ShardId;

/// How many records a log keeps: the newest.
const KEPT: usize = 256;

/// What happened to a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum EventKind {
    Sent,
    /// A fault swallowed it.
    Lost,
    /// It is kept back until it is released.
    Held,
    /// A copy of it is on its way too.
    Duplicated,
    /// Later ones may overtake it.
    Reordered,
    Received,
}

/// One thing that happened to a segment. Records sort in an order in which they can have happened: that
/// of the clock, and within one moment that of cause and effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record {
    /// Milliseconds since the test began, on the test's clock.
    pub(crate) at: u64,
    /// The logical time of the shard at which it happened (Lamport, "Time, Clocks, and the
    /// Ordering of Events in a Distributed System", 1978). A counter that all shards shared would
    /// order as well, but slow down threads that have nothing else in common.
    pub(crate) tick: u64,
    pub(crate) kind: EventKind,
    /// The sending shard.
    pub(crate) from: ShardId,
    /// The number of the segment on its link, from 1.
    pub(crate) segment: u64,
}

/// The newest events of one kind at one inbox.
#[derive(Debug, Default)]
pub(crate) struct Log {
    ring: Vec<Record>,
    /// Where the next record goes once the ring is full: over the oldest.
    oldest: usize,
}

impl Log {
    #[inline]
    pub(crate) fn push(&mut self, record: Record) {
        if self.ring.len() < KEPT {
            self.ring.push(record);
        } else {
            self.ring[self.oldest] = record;
            self.oldest = (self.oldest + 1) % KEPT;
        }
    }

    /// The records that are kept, in no particular order.
    pub(crate) fn records(&self) -> &[Record] {
        &self.ring
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(segment: u64) -> Record {
        Record {
            at: 0,
            tick: segment,
            kind: EventKind::Sent,
            from: ShardId(0),
            segment,
        }
    }

    #[test]
    fn the_newest_records_are_kept() {
        let mut log = Log::default();
        let total = 3 * KEPT as u64 + 7;
        for segment in 1..=total {
            log.push(record(segment));
        }
        let mut kept: Vec<_> = log.records().iter().map(|record| record.segment).collect();
        kept.sort_unstable();
        assert_eq!(kept, (total - KEPT as u64 + 1..=total).collect::<Vec<_>>());
    }
}
