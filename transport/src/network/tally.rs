//! What is counted of the shards of a mesh as it happens.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::decision::chaos::kind::Kind;
use crate::network::measured::Measured;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    crashes: AtomicU64,
    /// How many of them found unsynced writes.
    found_unsynced: AtomicU64,
    restarts: AtomicU64,
    /// After how many of them the shard sent something.
    sent_again: AtomicU64,
}

/// What befell a mesh.
#[derive(Clone, Debug, Default)]
pub(crate) struct Covered {
    pub(crate) segments: u64,
    pub(crate) crashes: u64,
    /// How many of them found unsynced writes.
    pub(crate) found_unsynced: u64,
    pub(crate) restarts: u64,
    /// After how many of them the shard sent something.
    pub(crate) sent_again: u64,
    /// How many episodes there were of each kind of chaos.
    pub(crate) kinds: BTreeMap<Kind, u64>,
    /// How many partitions by chaos left a majority of the nodes together, and how many did not.
    pub(crate) with_majority: u64,
    pub(crate) without_majority: u64,
    /// What the test measured.
    pub(crate) measured: BTreeMap<String, Vec<Measured>>,
}

impl Covered {
    pub(crate) fn add(&mut self, more: &Self) {
        let Self {
            segments,
            crashes,
            found_unsynced,
            restarts,
            sent_again,
            kinds,
            with_majority,
            without_majority,
            measured,
        } = more;
        self.segments += segments;
        self.crashes += crashes;
        self.found_unsynced += found_unsynced;
        self.restarts += restarts;
        self.sent_again += sent_again;
        self.with_majority += with_majority;
        self.without_majority += without_majority;
        for (kind, episodes) in kinds {
            *self.kinds.entry(*kind).or_default() += episodes;
        }
        for (name, values) in measured {
            self.measured
                .entry(name.clone())
                .or_default()
                .extend(values);
        }
    }
}

impl Tally {
    pub(super) fn crashed(&self, found_unsynced: bool) {
        add(&self.crashes, 1);
        add(&self.found_unsynced, found_unsynced.into());
    }

    pub(super) fn restarted(&self) {
        add(&self.restarts, 1);
    }

    /// A life of a shard ends; whether it has sent something in it, after a restart.
    pub(super) fn life_ends(&self, sent_again: bool) {
        add(&self.sent_again, sent_again.into());
    }

    /// What of this is to be told.
    pub(super) fn covered(&self) -> Covered {
        let counted = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Covered {
            crashes: counted(&self.crashes),
            found_unsynced: counted(&self.found_unsynced),
            restarts: counted(&self.restarts),
            sent_again: counted(&self.sent_again),
            ..Covered::default()
        }
    }
}

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}
