//! Many seeds of one test, over all cores.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::run::execute::{Ended, Passed};
use crate::run::failure::{Failure, How};
use crate::run::in_order::InOrder;
use crate::run::print;
use crate::run::under_way::UnderWay;

/// How often a long sweep says how far it is.
const PROGRESS: Duration = Duration::from_secs(10);

/// What is swept.
pub(crate) struct Numbers {
    /// What each number is: a seed, or one of many cases.
    pub(crate) are: &'static str,
    pub(crate) range: Range<u64>,
    /// How long it goes on after them.
    pub(crate) goes_on: Option<Duration>,
}

/// How a sweep ended.
pub(crate) enum Swept {
    /// All seeds passed.
    Passed(Passed),
    /// The lowest seed that failed, and how those before it passed.
    Failed(u64, Box<Failure>, Passed),
}

struct Sweep<'a> {
    test: &'a str,
    are: &'static str,
    seeds: Range<u64>,
    run: &'a (dyn Fn(u64) -> Ended + Sync),
    /// Until when it goes on with the seeds after these.
    until: Option<Instant>,
    workers: u64,
    /// How many of them were started.
    started: AtomicU64,
    passed: AtomicU64,
    stop: AtomicBool,
    lowest: Mutex<Option<(u64, Box<Failure>)>>,
    all: Mutex<InOrder>,
    told: Mutex<Instant>,
    under_way: Option<UnderWay>,
}

/// Runs each seed in turn, on as many threads as there are cores, and goes on with those after them until that
/// much time has passed. Once one has failed, no higher one is started; those that run already are waited for,
/// as a lower one may fail too.
pub(crate) fn sweep(
    test: &str,
    Numbers {
        are,
        range: seeds,
        goes_on,
    }: Numbers,
    under_way: Option<UnderWay>,
    run: &(dyn Fn(u64) -> Ended + Sync),
) -> Swept {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get) as u64;
    let sweep = Sweep {
        test,
        are,
        until: goes_on.map(|time| Instant::now() + time),
        workers: match goes_on {
            Some(_) => cores,
            None => cores.min(seeds.end - seeds.start),
        },
        started: AtomicU64::new(0),
        run,
        passed: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        lowest: Mutex::new(None),
        all: Mutex::new(InOrder::from(seeds.start)),
        told: Mutex::new(Instant::now()),
        under_way,
        seeds,
    };
    thread::scope(|scope| {
        for worker in 0..sweep.workers {
            let sweep = &sweep;
            thread::Builder::new()
                .name(test.to_owned())
                .spawn_scoped(scope, move || sweep.work(worker))
                .expect("a thread for the sweep");
        }
    });
    let lowest = sweep.lowest.into_inner();
    let lowest = lowest.unwrap_or_else(PoisonError::into_inner);
    let all = sweep.all.into_inner();
    let all = all.unwrap_or_else(PoisonError::into_inner).all;
    match lowest {
        Some((seed, failed)) => Swept::Failed(seed, failed, all),
        None => Swept::Passed(all),
    }
}

impl Sweep<'_> {
    fn work(&self, worker: u64) {
        let note = |seed| {
            if let (Some(under_way), Ok(worker)) = (&self.under_way, worker.try_into()) {
                under_way.note(worker, seed);
            }
        };
        while !self.stop.load(Ordering::Acquire) {
            let before = self.started.fetch_add(1, Ordering::Relaxed);
            // Past the end it must not come round to seeds that are no part of the sweep.
            let seed = self.seeds.start.checked_add(before);
            let Some(seed) = seed.filter(|seed| self.is_wanted(*seed)) else {
                break;
            };
            note(Some(seed));
            match catch_unwind(AssertUnwindSafe(|| (self.run)(seed))) {
                Ok(Ok(passed)) => self.pass(seed, passed),
                Ok(Err(failure)) => self.fail(seed, failure),
                Err(panic) => self.fail(seed, Box::new(Failure::outside(panic))),
            }
        }
        note(None);
    }

    fn is_wanted(&self, seed: u64) -> bool {
        let goes_on = || self.until.is_some_and(|until| Instant::now() < until);
        seed < self.seeds.end || seed < u64::MAX && goes_on()
    }

    fn fail(&self, seed: u64, failed: Box<Failure>) {
        self.stop.store(true, Ordering::Release);
        self.name(seed, &failed.how);
        let mut lowest = self.lowest.lock().unwrap_or_else(PoisonError::into_inner);
        let other = match &*lowest {
            Some((lower, _)) if *lower < seed => Some((seed, failed)),
            _ => lowest.replace((seed, failed)),
        };
        drop(lowest);
        // With its panic's payload, which is the test's own.
        drop(other);
    }

    /// Says of which seed the message above is, as several may fail before the lowest is reported.
    fn name(&self, seed: u64, how: &How) {
        let printed = !how.is_silent();
        if printed && self.workers > 1 {
            print::line(&format!(
                "shard-mesh: that was {} {seed} of `{}`",
                self.are, self.test
            ));
        }
    }

    fn pass(&self, seed: u64, passed: Passed) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.add(seed, passed);
        drop(all);
        let passed = self.passed.fetch_add(1, Ordering::Relaxed) + 1;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.elapsed() >= PROGRESS {
            *told = Instant::now();
            let all = match self.until {
                Some(_) => String::new(),
                None => format!(" of {}", self.seeds.end - self.seeds.start),
            };
            print::line(&format!(
                "{}: {passed}{all} {}s have passed",
                self.test, self.are
            ));
        }
    }
}
