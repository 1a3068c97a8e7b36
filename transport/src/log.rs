//! What happened, as compact records: no formatting, no allocation once the log has grown, and a
//! bounded memory however long the test runs.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::ShardId;
use crate::forgotten::Forgotten;
use crate::link::Sender;
use crate::observer::Observer;

/// How many records any log keeps at the least: the newest.
const KEPT: usize = 128;

/// How many a log keeps in a rerun beyond those, or little more.
const MOST_ARCHIVED: usize = 1 << 18;

/// How many of the newest segments a log knows the labels of, where it notes them.
const MOST_LABELS: usize = 1 << 14;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Kind {
    Sent,
    /// A segment was lost: to a cut, to chance, to a rule, with a crash, with a dropped endpoint;
    /// `extra` says where it was, see [`Whence`].
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
    /// Of the fault whose number is in `segment`.
    FaultBegan,
    FaultEnded,
}

impl Kind {
    pub(crate) const ALL: [Self; 20] = [
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
        Self::FaultBegan,
        Self::FaultEnded,
    ];
}

/// Where a segment was when it was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whence {
    Way,
    Inbox,
    Hold,
}

impl Whence {
    /// Of a record that says so.
    pub(crate) fn of(record: &Record) -> Self {
        let all = [Self::Way, Self::Inbox, Self::Hold];
        let known = all.into_iter().find(|it| *it as u16 == record.extra);
        known.unwrap_or(Self::Way)
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

/// The events of one kind at one inbox, or those of a mesh as a whole: all of them while they are
/// few, then the newest, and of those before them enough to tell two runs apart.
#[derive(Debug, Default)]
pub(crate) struct Log(
    /// `None` where nobody asked for a log: then a shard pays for a pointer.
    Option<Box<Records>>,
);

#[derive(Debug)]
struct Records {
    observer: Arc<Observer>,
    /// The shard to which the links lead that it is about.
    #[cfg(feature = "tracing")]
    to: ShardId,
    newest: Vec<Record>,
    /// How many records it may keep.
    limit: usize,
    forgotten: Forgotten,
    /// In a rerun, what it has forgotten.
    archive: Vec<Record>,
    /// What each segment was, where that was asked for: index of its sender, and its number.
    labels: VecDeque<(u32, u64, String)>,
}

/// What is left of a log when its run is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) records: Vec<Record>,
    pub(crate) forgotten: Forgotten,
    /// The records that were forgotten, in a rerun and as long as they are not too many.
    pub(crate) archive: Vec<Record>,
    pub(crate) labels: Vec<(u32, u64, String)>,
}

impl Log {
    /// Keeps records from now on, of links that lead to the shard `to`.
    #[cfg_attr(
        not(feature = "tracing"),
        allow(unused_variables, reason = "for what is traced")
    )]
    pub(crate) fn observe(&mut self, observer: &Arc<Observer>, to: ShardId) {
        self.0 = Some(Box::new(Records {
            observer: observer.clone(),
            #[cfg(feature = "tracing")]
            to,
            newest: Vec::new(),
            limit: 2 * KEPT,
            forgotten: Forgotten::default(),
            archive: Vec::new(),
            labels: VecDeque::new(),
        }));
    }

    /// Notes what happens at the shard with this logical `clock`, because of what happened at
    /// `cause`. Returns its logical time.
    #[allow(
        clippy::inline_always,
        reason = "a call costs as much as the note itself, on each send and each receive"
    )]
    #[inline(always)]
    pub(crate) fn note(
        &mut self,
        clock: &AtomicU64,
        cause: u64,
        (kind, from, segment): (Kind, Sender, u64),
    ) -> u64 {
        let Some(log) = &mut self.0 else {
            return 0;
        };
        let record = Record {
            at: log.observer.now(),
            tick: log.observer.tick(clock, cause),
            kind,
            extra: 0,
            from: from.index,
            segment,
        };
        log.push(record, from);
        record.tick
    }

    /// Notes what befalls a segment between two shards, sent at the logical time `sent`; `at` is
    /// when, if that is not now.
    pub(crate) fn befall(
        &mut self,
        kind: Kind,
        (from, segment, sent): (Sender, u64, u64),
        at: Option<u64>,
        extra: u16,
    ) {
        let Some(log) = &mut self.0 else {
            return;
        };
        let record = Record {
            at: at.unwrap_or_else(|| log.observer.now()),
            tick: log.observer.tick_between(sent),
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
            forgotten: log.forgotten.clone(),
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
    fn push(&mut self, record: Record, from: Sender) {
        #[cfg(feature = "tracing")]
        crate::traced::trace(&record, from.id, self.to);
        if self.newest.len() == self.limit {
            self.make_room();
        }
        self.newest.push(record);
    }

    /// Grows, as long as it has forgotten nothing and the logs of the run are not too large together;
    /// from then on it forgets its older half at once, which is faster than one record at a time.
    #[cold]
    fn make_room(&mut self) {
        if self.forgotten.is_empty() {
            let more = self.observer.grant(self.limit);
            if more > 0 {
                self.limit += more;
                return;
            }
            // A small one is easier on the caches.
            self.limit = 2 * KEPT;
        }
        let older = self.newest.len() - KEPT;
        self.forgotten.add(&self.newest[..older]);
        let older = self.newest.drain(..older);
        if self.observer.wants_labels() && self.archive.len() < MOST_ARCHIVED {
            self.archive.extend(older);
        }
    }
}

impl Kept {
    /// With all that is archived, if that is all that there was.
    pub(crate) fn whole(self) -> Option<Self> {
        if self.archive.len() as u64 != self.forgotten.count() {
            return None;
        }
        Some(Self {
            records: [self.archive, self.records].concat(),
            forgotten: Forgotten::default(),
            archive: Vec::new(),
            labels: self.labels,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Clock;

    const SENDER: Sender = Sender {
        id: ShardId(0),
        index: 0,
    };

    /// A log with `total` records, and the segments that it kept.
    fn log(total: u64) -> (Log, Vec<u64>) {
        let mut log = Log::default();
        log.observe(&Arc::new(Observer::new(Clock::Paused, 0, None)), ShardId(1));
        for segment in 1..=total {
            log.befall(Kind::Sent, (SENDER, segment, 0), Some(0), 0);
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
        assert!(log.kept().forgotten.is_empty());
    }

    #[test]
    fn of_a_long_run_the_newest_are_kept_in_order_and_all_are_counted() {
        let total = 3 * Observer::BUDGET as u64 + 7;
        let (log, kept) = log(total);
        assert!((KEPT..=2 * KEPT).contains(&kept.len()));
        let first = total - kept.len() as u64 + 1;
        assert_eq!(kept, (first..=total).collect::<Vec<_>>());
        assert_eq!(log.kept().forgotten.count() + kept.len() as u64, total);
    }

    #[test]
    fn without_an_observer_nothing_is_kept() {
        let mut log = Log::default();
        log.note(&AtomicU64::new(0), 0, (Kind::Sent, SENDER, 1));
        log.befall(Kind::Held, (SENDER, 1, 0), None, 0);
        assert_eq!(log.kept(), Kept::default());
    }

    #[test]
    fn every_kind_is_listed_in_its_place() {
        for (place, kind) in (0u8..).zip(Kind::ALL) {
            assert_eq!(kind as u8, place);
        }
    }
}
