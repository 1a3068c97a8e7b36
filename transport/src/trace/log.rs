//! What happened, as compact records: no formatting, no allocation once the log has grown, and a
//! bounded memory however long the test runs.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::contract::shard_id::ShardId;
use crate::trace::digest::Digest;
use crate::trace::journal::Journal;
use crate::trace::kept::Kept;
use crate::trace::record::{Kind, Record};
use crate::trace::shard_key::ShardKey;

/// How many records any log keeps at the least: the newest.
const KEPT: usize = 128;

/// How many a log keeps in a rerun beyond those, or little more.
const MOST_ARCHIVED: usize = 1 << 18;

/// How many of the newest segments a log knows the labels of, where it notes them.
const MOST_LABELS: usize = 1 << 14;

/// The events of one kind at one inbox, or those of a mesh as a whole: all of them while they are
/// few, then the newest, and of those before them enough to tell two runs apart.
#[derive(Debug, Default)]
pub(crate) struct Log(
    /// `None` where nobody asked for a log: then a shard pays for a pointer.
    Option<Box<Records>>,
);

#[derive(Debug)]
struct Records {
    journal: Arc<Journal>,
    /// The shard to which the links lead that it is about.
    #[cfg(feature = "tracing")]
    to: ShardId,
    newest: Vec<Record>,
    /// How many records it may keep.
    limit: usize,
    digest: Digest,
    /// In a rerun, the records that it has dropped.
    archive: Vec<Record>,
    /// What each segment was, where that was asked for: index of its sender, and its number.
    labels: VecDeque<(u32, u64, String)>,
}

impl Log {
    /// Keeps records from now on, of links that lead to the shard `to`.
    #[cfg_attr(
        not(feature = "tracing"),
        allow(unused_variables, reason = "for what is traced")
    )]
    pub(crate) fn begin(&mut self, journal: &Arc<Journal>, to: ShardId) {
        self.0 = Some(Box::new(Records {
            journal: journal.clone(),
            #[cfg(feature = "tracing")]
            to,
            newest: Vec::new(),
            limit: 2 * KEPT,
            digest: Digest::default(),
            archive: Vec::new(),
            labels: VecDeque::new(),
        }));
    }

    /// Notes what happens at the shard with this logical `clock`, because of what happened at
    /// `cause`. Returns its logical time.
    pub(crate) fn note(
        &mut self,
        clock: &AtomicU64,
        cause: u64,
        (kind, from, segment): (Kind, ShardKey, u64),
    ) -> u64 {
        let Some(log) = &mut self.0 else {
            return 0;
        };
        let record = Record {
            at: log.journal.clock.now(),
            tick: log.journal.clock.tick(clock, cause),
            kind,
            extra: 0,
            from: from.index,
            segment,
        };
        log.push(record, from);
        record.tick
    }

    /// Notes what happens to a segment between two shards, sent at the logical time `sent`; `at` is
    /// when, if that is not now.
    pub(crate) fn note_segment(
        &mut self,
        kind: Kind,
        (from, segment, sent): (ShardKey, u64, u64),
        at: Option<u64>,
        extra: u16,
    ) {
        let Some(log) = &mut self.0 else {
            return;
        };
        let record = Record {
            at: at.unwrap_or_else(|| log.journal.clock.now()),
            tick: log.journal.clock.tick_between(sent),
            kind,
            extra,
            from: from.index,
            segment,
        };
        log.push(record, from);
    }

    /// Notes what a segment was.
    pub(crate) fn label(&mut self, from: u32, segment: u64, label: String) {
        let Some(log) = &mut self.0 else {
            return;
        };
        if log.labels.len() == MOST_LABELS {
            log.labels.pop_front();
        }
        log.labels.push_back((from, segment, label));
    }

    /// What is left of it, oldest records first.
    pub(crate) fn kept(&self) -> Kept {
        let Some(log) = &self.0 else {
            return Kept::default();
        };
        Kept {
            records: log.newest.clone(),
            digest: log.digest.clone(),
            archive: log.archive.clone(),
            labels: log.labels.iter().cloned().collect(),
        }
    }
}

impl Records {
    #[inline]
    #[cfg_attr(
        not(feature = "tracing"),
        allow(unused_variables, reason = "for what is traced")
    )]
    fn push(&mut self, record: Record, from: ShardKey) {
        #[cfg(feature = "tracing")]
        crate::trace::emit::trace(&record, from.id, self.to);
        if self.newest.len() == self.limit {
            self.make_room();
        }
        self.newest.push(record);
    }

    /// Grows, as long as it has dropped nothing and the logs of the run are not too large together;
    /// from then on it forgets its older half at once, which is faster than one record at a time.
    #[cold]
    fn make_room(&mut self) {
        if self.digest.is_empty() {
            let more = self.journal.grant(self.limit);
            if more > 0 {
                self.limit += more;
                return;
            }
            // A small one is easier on the caches.
            self.limit = 2 * KEPT;
        }
        let older = self.newest.len() - KEPT;
        self.digest.add(&self.newest[..older]);
        let older = self.newest.drain(..older);
        if self.journal.is_full && self.archive.len() < MOST_ARCHIVED {
            self.archive.extend(older);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::clock::ClockKind;
    use crate::trace::journal::BUDGET;

    const SENDER: ShardKey = ShardKey {
        id: ShardId(0),
        index: 0,
    };

    /// A log with `total` records, and the segments that it kept.
    fn log(total: u64) -> (Log, Vec<u64>) {
        let mut log = Log::default();
        log.begin(
            &Arc::new(Journal::new(ClockKind::Paused, false)),
            ShardId(1),
        );
        for segment in 1..=total {
            log.note_segment(Kind::Sent, (SENDER, segment, 0), Some(0), 0);
        }
        let kept = log.kept().records;
        let kept = kept.iter().map(|record| record.segment).collect();
        (log, kept)
    }

    #[test]
    fn a_record_is_small() {
        assert_eq!(size_of::<Record>(), 32);
    }

    #[test]
    fn a_short_run_is_kept_whole() {
        let total = 10 * KEPT as u64 + 7;
        let (log, kept) = log(total);
        assert_eq!(kept, (1..=total).collect::<Vec<_>>());
        assert!(log.kept().digest.is_empty());
    }

    #[test]
    fn of_a_long_run_the_newest_are_kept_in_order_and_all_are_counted() {
        let total = 3 * BUDGET as u64 + 7;
        let (log, kept) = log(total);
        assert!((KEPT..=2 * KEPT).contains(&kept.len()));
        let first = total - kept.len() as u64 + 1;
        assert_eq!(kept, (first..=total).collect::<Vec<_>>());
        assert_eq!(log.kept().digest.count() + kept.len() as u64, total);
    }

    #[test]
    fn without_a_journal_nothing_is_kept() {
        let mut log = Log::default();
        log.note(&AtomicU64::new(0), 0, (Kind::Sent, SENDER, 1));
        log.note_segment(Kind::Held, (SENDER, 1, 0), None, 0);
        assert_eq!(log.kept(), Kept::default());
    }

    #[test]
    fn every_kind_is_listed_in_its_place() {
        for (place, kind) in (0u8..).zip(Kind::ALL) {
            assert_eq!(kind as u8, place);
        }
    }
}
