//! The disks of shards: what was written in one life of a shard, and what a crash keeps of it.
//!
//! No lock of the mesh is held while code of the test looks at a disk or changes it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::{self, ThreadId};

use crate::decision::choice::Told;
use crate::decision::choices::Among;
use crate::decision::die::Lot;
use crate::decision::latency::Latency;
use crate::sync::{Mutex, lock};

/// A disk of a shard, without the type of what is on it.
pub(crate) trait Disk: Send + Sync {
    /// The life of its shard has ended. Of so many unsynced writes, as many are lost, the last ones, as
    /// `lost` says; how many are, of how many.
    fn crash(&self, lost: &dyn Fn(u64) -> u64) -> (u64, u64);

    /// How many writes a crash might lose now.
    fn unsynced(&self) -> u64;
}

/// A crash of a shard that found unsynced writes.
#[derive(Clone, Debug)]
pub(crate) struct DiskLoss {
    /// Milliseconds of the test's clock.
    pub(crate) at: u64,
    /// What the disk is called.
    pub(crate) disk: String,
    pub(crate) lost: u64,
    pub(crate) of: u64,
}

/// What is on a disk in one life of its shard.
pub(crate) struct Memory<T> {
    pages: Mutex<Pages<T>>,
    /// The thread whose code looks at the pages, or changes them.
    user: Mutex<Option<ThreadId>>,
}

struct Pages<T> {
    /// What a crash keeps whatever it loses.
    durable: T,
    /// What there is after each write that is not durable yet.
    unsynced: VecDeque<T>,
    /// How many writes there were in this life.
    written: u64,
    /// Whether the life has ended.
    over: bool,
}

impl<T> Pages<T> {
    fn now(&self) -> &T {
        self.unsynced.back().unwrap_or(&self.durable)
    }
}

impl<T: Clone> Memory<T> {
    pub(crate) fn new(durable: T) -> Self {
        Self {
            pages: Mutex::new(Pages {
                durable,
                unsynced: VecDeque::new(),
                written: 0,
                over: false,
            }),
            user: Mutex::new(None),
        }
    }

    #[track_caller]
    fn with<R>(&self, code: impl FnOnce(&mut Pages<T>) -> R) -> R {
        let here = thread::current().id();
        let user = *lock(&self.user);
        assert!(
            user != Some(here),
            "a closure that reads or writes a disk touches the same disk: do one after the other"
        );
        let mut pages = lock(&self.pages);
        *lock(&self.user) = Some(here);
        // Also where the closure panics.
        let _leaves = Leaves(&self.user);
        code(&mut pages)
    }

    #[track_caller]
    pub(crate) fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.with(|pages| look(pages.now()))
    }

    /// Changes it, if its life goes on; whether it does. What is `durable` at once makes all before it so.
    #[track_caller]
    pub(crate) fn write<R>(&self, durable: bool, change: impl FnOnce(&mut T) -> R) -> (R, bool) {
        self.with(|pages| {
            let mut changed = pages.now().clone();
            let result = change(&mut changed);
            if !pages.over {
                pages.written += 1;
                if durable {
                    pages.unsynced.clear();
                    pages.durable = changed;
                } else {
                    pages.unsynced.push_back(changed);
                }
            }
            (result, !pages.over)
        })
    }

    /// How many writes there were.
    #[track_caller]
    pub(crate) fn written(&self) -> u64 {
        self.with(|pages| pages.written)
    }

    /// The first so many writes are durable, if its life goes on; whether it does.
    #[track_caller]
    pub(crate) fn sync(&self, written: u64) -> bool {
        self.with(|pages| {
            while !pages.over && pages.written - (pages.unsynced.len() as u64) < written {
                let Some(durable) = pages.unsynced.pop_front() else {
                    break;
                };
                pages.durable = durable;
            }
            !pages.over
        })
    }

    /// Ends it. What is there for the next life, and how many writes were lost of how many.
    fn end(&self, lost: &dyn Fn(u64) -> u64) -> (T, (u64, u64)) {
        self.with(|pages| {
            pages.over = true;
            let unsynced = pages.unsynced.len() as u64;
            let lost = if unsynced > 0 {
                lost(unsynced).min(unsynced)
            } else {
                0
            };
            let kept = usize::try_from(unsynced - lost).unwrap_or(usize::MAX);
            let next = match kept.checked_sub(1) {
                Some(newest) => pages.unsynced[newest].clone(),
                None => pages.durable.clone(),
            };
            // Whoever outlives the life goes on to see what it had.
            if let Some(newest) = pages.unsynced.pop_back() {
                pages.durable = newest;
            }
            pages.unsynced.clear();
            (next, (lost, unsynced))
        })
    }
}

struct Leaves<'a>(&'a Mutex<Option<ThreadId>>);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        *lock(self.0) = None;
    }
}

/// A disk over all lives of its shard.
pub(crate) struct Lives<T> {
    /// What the disk is called: `disk of 2`.
    pub(crate) name: String,
    memories: Mutex<Memories<T>>,
    settings: Mutex<Settings>,
}

struct Memories<T> {
    current: Arc<Memory<T>>,
    /// That of the life before.
    previous: Option<Arc<Memory<T>>>,
}

#[derive(Default)]
struct Settings {
    latency: Option<Latency>,
    syncs: u64,
}

impl<T: Clone> Lives<T> {
    pub(crate) fn new(name: String, initial: T) -> Self {
        Self {
            name,
            memories: Mutex::new(Memories {
                current: Arc::new(Memory::new(initial)),
                previous: None,
            }),
            settings: Mutex::new(Settings::default()),
        }
    }

    pub(crate) fn current(&self) -> Arc<Memory<T>> {
        lock(&self.memories).current.clone()
    }

    /// That of a life that is over.
    pub(crate) fn previous(&self) -> Arc<Memory<T>> {
        let memories = lock(&self.memories);
        let previous = memories.previous.as_ref();
        previous.unwrap_or(&memories.current).clone()
    }

    pub(crate) fn set_latency(&self, latency: Latency) {
        lock(&self.settings).latency = Some(latency);
    }

    /// Begins a sync: its number, from 1, and between which latencies it takes.
    pub(crate) fn begin_sync(&self) -> (u64, Option<Latency>) {
        let mut settings = lock(&self.settings);
        settings.syncs += 1;
        (settings.syncs, settings.latency)
    }
}

impl<T: Clone + Send> Disk for Lives<T> {
    fn unsynced(&self) -> u64 {
        self.current().with(|pages| pages.unsynced.len() as u64)
    }

    fn crash(&self, lost: &dyn Fn(u64) -> u64) -> (u64, u64) {
        let before = self.current();
        let (next, told) = before.end(lost);
        let mut memories = lock(&self.memories);
        memories.current = Arc::new(Memory::new(next));
        let spent = memories.previous.replace(before);
        drop(memories);
        drop(spent);
        told
    }
}

/// How many of so many unsynced writes a crash loses. All or none each at least one time in four; the
/// simplest is none. It is pinned to how many it keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsynced(pub(crate) u64);

impl Among for Unsynced {
    fn last_place(&self) -> Option<u128> {
        Some(self.0.into())
    }

    fn draw(&self, lot: Lot) -> u128 {
        match lot.up_to(3) {
            0 => 0,
            1 => self.0.into(),
            _ => lot.another().up_to(self.0.into()),
        }
    }

    fn tell(&self, place: u128) -> Told {
        let kept = (u128::from(self.0) - place).to_string();
        Told {
            value: Some(format!("keeps {kept} of {} unsynced", self.0)),
            pin: kept,
        }
    }

    fn find(&self, pin: &str) -> Option<u128> {
        u128::from(self.0).checked_sub(pin.parse().ok()?)
    }

    fn expected(&self) -> String {
        format!("how many of {} unsynced writes it keeps", self.0)
    }
}
