//! The properties of a run: asked one after the other, with nothing locked that code of the test may
//! take.

use std::any::Any;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::network::tasks::property::{Property, PropertyKind};
use crate::network::tasks::task::Task;
use crate::sync::{Mutex, lock};

pub(crate) struct Properties {
    /// Whether there are any.
    any: AtomicBool,
    /// Held while they are asked, by one thread at a time.
    asking: Mutex<()>,
    list: Mutex<List>,
    /// How many events there were when all were asked last.
    events: AtomicU64,
}

/// Each with its number.
#[derive(Default)]
struct List {
    all: Vec<(u64, Property)>,
    last: u64,
}

/// A property that does not hold.
pub(crate) struct Broken {
    pub(crate) name: String,
    pub(crate) asked: &'static Location<'static>,
    /// The panic by which it said so, if it did.
    pub(crate) panic: Option<Box<dyn Any + Send>>,
    /// How many events there were when it still held.
    pub(crate) held_until: u64,
}

/// After whose poll properties are asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Polled {
    /// A task of a shard.
    Task(Task),
    /// The body of the test.
    Body,
    /// No task can run.
    Nobody,
}

/// A condition for which somebody waits.
#[derive(Clone, Debug)]
pub(crate) struct Awaited {
    pub(crate) name: String,
    pub(crate) asked: &'static Location<'static>,
    /// Milliseconds.
    pub(crate) since: u64,
}

impl Properties {
    pub(crate) fn new() -> Self {
        Self {
            any: AtomicBool::new(false),
            asking: Mutex::new(()),
            list: Mutex::new(List::default()),
            events: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(crate) fn are_any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// The number that it has from now on.
    pub(crate) fn add(&self, property: Property) -> u64 {
        let mut list = lock(&self.list);
        list.last += 1;
        let number = list.last;
        list.all.push((number, property));
        self.any.store(true, Ordering::Relaxed);
        number
    }

    /// Nobody waits any more for what has this number.
    pub(crate) fn remove(&self, number: u64) {
        let mut list = lock(&self.list);
        let place = list.all.iter().position(|(other, _)| *other == number);
        let removed = place.map(|place| list.all.remove(place));
        drop(list);
        // The test's code, which may own anything.
        drop(removed);
    }

    /// Asks all of them, after `events` events; the first that does not hold.
    pub(crate) fn ask(&self, events: u64) -> Option<Broken> {
        let _one_at_a_time = lock(&self.asking);
        let mut asked = std::mem::take(&mut lock(&self.list).all);
        let held_until = self.events.swap(events, Ordering::Relaxed);
        let mut broken = None;
        asked.retain_mut(|(_, property)| {
            if broken.is_some() {
                return true;
            }
            let holds = catch_unwind(AssertUnwindSafe(|| (property.holds)()));
            match (property.kind, holds) {
                (PropertyKind::Always, Ok(true)) | (PropertyKind::Until(_), Ok(false)) => true,
                // Whoever waits has been woken.
                (PropertyKind::Until(_), Ok(true)) => false,
                (_, holds) => {
                    broken = Some(Broken {
                        name: std::mem::take(&mut property.name),
                        asked: property.asked,
                        panic: holds.err(),
                        held_until,
                    });
                    false
                }
            }
        });
        // Before those that one of them has added meanwhile, or that another thread has.
        let mut list = lock(&self.list);
        asked.append(&mut list.all);
        list.all = asked;
        broken
    }

    /// For what somebody waits.
    pub(crate) fn awaited(&self) -> Vec<Awaited> {
        let list = lock(&self.list);
        let awaited = list.all.iter().filter_map(|(_, it)| match it.kind {
            PropertyKind::Until(since) => Some(Awaited {
                name: it.name.clone(),
                asked: it.asked,
                since,
            }),
            PropertyKind::Always => None,
        });
        awaited.collect()
    }

    /// The run is over: lets go of what it was asked.
    pub(crate) fn release(&self) {
        let all = std::mem::take(&mut lock(&self.list).all);
        drop(all);
    }
}
