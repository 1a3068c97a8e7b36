//! The logs of one mesh, put together.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::contract::error::TransportError;
use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::ordered::sort;
use crate::trace::event::{ClockChange, Event, EventKind, Loss};
use crate::trace::fault_info::FaultInfo;
use crate::trace::kept::Kept;
use crate::trace::record::{Kind, LostFrom, Record};
use crate::trace::timeline::{Labels, Timeline};

/// All that was logged in one mesh.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recording {
    /// By their index.
    pub(crate) shards: Vec<ShardId>,
    /// By their number.
    pub(crate) faults: Vec<Arc<FaultInfo>>,
    /// What was noted, by the number of the mark.
    pub(crate) notes: BTreeMap<u64, Arc<str>>,
    /// What happened to shards and faults, and then, for each shard by its index, on the links
    /// that lead to it, and at its receivers.
    pub(crate) logs: Vec<Kept>,
}

impl Recording {
    /// Index of the shard to which the links lead that a log is about.
    fn to(log: usize) -> Option<u32> {
        let inbox = log.checked_sub(1)? / 2;
        u32::try_from(inbox).ok()
    }

    /// All records that are kept, in order, each with the index of its log.
    pub(crate) fn records(&self) -> Vec<(Record, usize)> {
        let mut records = Vec::new();
        for (log, kept) in self.logs.iter().enumerate() {
            records.extend(kept.records.iter().map(|it| (*it, log)));
        }
        sort(&mut records);
        records
    }

    /// Without what each segment was, which only a rerun knows: to the test, it must be the same.
    pub(crate) fn timeline(&self) -> Timeline {
        let mut events = Vec::new();
        for (record, log) in self.records() {
            events.extend(self.kind(&record, log).map(|kind| Event {
                at: Duration::from_millis(record.at),
                kind,
            }));
        }
        let mut shards = self.shards.clone();
        sort(&mut shards);
        Timeline {
            shards,
            events,
            forgotten: self.logs.iter().map(|it| it.digest.count()).sum(),
            labels: Labels::new(),
            decided: HashSet::new(),
        }
    }

    /// The same with all that its logs have archived; `faults` are those of the mesh, which a rerun
    /// does not tell.
    pub(crate) fn whole(self, faults: &[Arc<FaultInfo>]) -> Self {
        let whole = |log: Kept| log.clone().whole().unwrap_or(log);
        Self {
            shards: self.shards,
            faults: faults.to_vec(),
            notes: self.notes,
            logs: self.logs.into_iter().map(whole).collect(),
        }
    }

    /// How many events there were.
    pub(crate) fn count(&self) -> u64 {
        let logs = self.logs.iter();
        logs.map(|log| log.digest.count() + log.records.len() as u64)
            .sum()
    }

    /// Leaves out what happened last, as far as it is that a test returned, and dropped what it
    /// owned. Tells which segments were lost by that, and where they were.
    pub(crate) fn leave_out_the_end(&mut self) -> Vec<(Segment, LostFrom)> {
        let is_end = |record: &Record| matches!(record.kind, Kind::Dropped | Kind::LostAtEnd);
        let records = self.logs.iter().flat_map(|log| &log.records);
        let before = records.filter(|it| !is_end(it)).map(|it| it.tick).max();
        let mut lost = Vec::new();
        for log in 0..self.logs.len() {
            let mut records = std::mem::take(&mut self.logs[log].records);
            for it in &records {
                if Some(it.tick) > before {
                    let segment = self.segment(it, log);
                    lost.extend(segment.map(|segment| (segment, LostFrom::of(it))));
                }
            }
            records.retain(|it| Some(it.tick) <= before);
            self.logs[log].records = records;
        }
        lost
    }

    /// What a record of one of the logs says, in words.
    pub(crate) fn tell(&self, record: &Record, log: usize) -> String {
        let kind = self.kind(record, log);
        kind.map_or_else(|| format!("{:?}", record.kind), |kind| kind.to_string())
    }

    /// What each segment was, where that was asked for.
    pub(crate) fn labels(&self) -> Labels {
        let mut labels = Labels::new();
        for (log, kept) in self.logs.iter().enumerate() {
            for (from, number, label) in &kept.labels {
                if let Some(segment) = self.segment_of(*from, log, *number) {
                    labels.insert(segment, label.clone());
                }
            }
        }
        labels
    }

    fn shard(&self, index: u32) -> Option<ShardId> {
        self.shards.get(index as usize).copied()
    }

    /// The segment that a record of one of the logs is about, if it is about one.
    pub(crate) fn segment(&self, record: &Record, log: usize) -> Option<Segment> {
        self.segment_of(record.from, log, record.segment)
    }

    fn segment_of(&self, from: u32, log: usize, number: u64) -> Option<Segment> {
        Some(Segment {
            from: self.shard(from)?,
            to: self.shard(Self::to(log)?)?,
            number,
        })
    }

    fn fault(&self, number: u64) -> Option<Arc<FaultInfo>> {
        self.faults.get(usize::try_from(number).ok()?).cloned()
    }

    /// What a record says; `None` if it speaks of something that is not known, as those of another
    /// process may.
    fn kind(&self, record: &Record, log: usize) -> Option<EventKind> {
        let segment = || self.segment(record, log);
        let lost = |why| Some(EventKind::Lost(segment()?, why));
        Some(match record.kind {
            Kind::Sent => EventKind::Sent(segment()?),
            Kind::LostToCut => return lost(Loss::Cut),
            Kind::LostByChance => return lost(Loss::Chance),
            Kind::LostToRule => return lost(Loss::Rule),
            Kind::LostInCrash => return lost(Loss::Crash),
            Kind::LostAtEnd => return lost(Loss::End),
            Kind::Held => EventKind::Held(segment()?),
            Kind::DuplicatedByChance | Kind::DuplicatedByRule => EventKind::Duplicated(segment()?),
            Kind::ReorderedByChance | Kind::ReorderedByRule => EventKind::Reordered(segment()?),
            Kind::Arrived => EventKind::Arrived(segment()?),
            Kind::Received => EventKind::Received(segment()?),
            Kind::Dropped => EventKind::Dropped(self.shard(record.from)?),
            Kind::Crashed => EventKind::Crashed(self.shard(record.from)?),
            Kind::Restarted => EventKind::Restarted(self.shard(record.from)?),
            Kind::Paused => EventKind::Paused(self.shard(record.from)?),
            Kind::Resumed => EventKind::Resumed(self.shard(record.from)?),
            Kind::ClockAhead => {
                let error = Duration::from_nanos(record.segment);
                EventKind::ClockSet(self.shard(record.from)?, ClockChange::Ahead(error))
            }
            Kind::ClockBehind => {
                let error = Duration::from_nanos(record.segment);
                EventKind::ClockSet(self.shard(record.from)?, ClockChange::Behind(error))
            }
            Kind::ClockDrifts => {
                let drifts = ClockChange::Drifts(record.segment);
                EventKind::ClockSet(self.shard(record.from)?, drifts)
            }
            Kind::ClockRight => EventKind::ClockSet(self.shard(record.from)?, ClockChange::Right),
            Kind::FaultBegan => EventKind::FaultBegan(self.fault(record.segment)?),
            Kind::FaultEnded => EventKind::FaultEnded(self.fault(record.segment)?),
            Kind::RefusedClosed | Kind::RefusedUnknown => {
                let to = ShardId(record.segment);
                let why = match record.kind {
                    Kind::RefusedClosed => TransportError::Closed,
                    _ => TransportError::UnknownPeer(to),
                };
                EventKind::Refused(self.shard(record.from)?, to, why)
            }
            Kind::Noted => {
                let text = self.notes.get(&record.segment)?.clone();
                EventKind::Noted(self.shard(record.from)?, text)
            }
        })
    }
}
