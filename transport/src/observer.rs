//! What the [`Harness`](crate::Harness) shares with the meshes of one run: the test's clock, the
//! order of events, and the moments at which no task can run.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use tokio::time::Instant;

use crate::ShardId;
use crate::fault::FaultState;
use crate::harness::Clock;
use crate::inert::Exposure;
use crate::stats::Stats;
use crate::sync::{Mutex, RwLock, lock, read, write};
use crate::timeline::Recording;

/// A mesh, as the harness sees it: without its payload type.
pub(crate) trait Observed: Send + Sync {
    /// Called when no task of the runtime can run.
    fn idle(&self);

    /// Who waits for what, a line each.
    fn waits(&self) -> Vec<String>;

    /// All that was logged.
    fn recording(&self) -> Recording;

    /// What each link has carried.
    fn stats(&self) -> Stats;

    /// Every fault that the test asked for.
    fn faults(&self) -> Vec<Arc<FaultState>>;
}

pub(crate) struct Observer {
    began: OnceLock<Instant>,
    clock: Clock,
    seed: u64,
    /// Set when time may have moved since `millis` was read.
    stale: AtomicBool,
    millis: AtomicU64,
    /// How many events there were, where all happen on one thread.
    events: AtomicU64,
    /// How many records the logs of the run may still keep beyond what each may anyway.
    budget: AtomicUsize,
    meshes: RwLock<Vec<Arc<dyn Observed>>>,
    failed: AtomicBool,
    /// The panic of a task that belongs to a shard.
    failure: Mutex<Option<Failure>>,
    /// Wakes the test when there is one.
    test: Mutex<Option<Waker>>,
}

/// The panic of a task that belongs to a shard.
pub(crate) struct Failure {
    pub(crate) shard: ShardId,
    pub(crate) panic: Box<dyn Any + Send>,
}

impl Observer {
    /// How many records the logs of one run keep together, of 32 bytes each, beyond the few that
    /// each of them keeps anyway.
    pub(crate) const BUDGET: usize = 1 << 17;

    pub(crate) fn new(clock: Clock, seed: u64) -> Self {
        Self {
            began: OnceLock::new(),
            clock,
            seed,
            stale: AtomicBool::new(true),
            millis: AtomicU64::new(0),
            events: AtomicU64::new(0),
            budget: AtomicUsize::new(Self::BUDGET),
            meshes: RwLock::new(Vec::new()),
            failed: AtomicBool::new(false),
            failure: Mutex::new(None),
            test: Mutex::new(None),
        }
    }

    /// The test that is woken when a task fails.
    pub(crate) fn set_test(&self, waker: &Waker) {
        *lock(&self.test) = Some(waker.clone());
    }

    /// A task of `shard` panicked. The first counts.
    pub(crate) fn fail(&self, shard: ShardId, panic: Box<dyn Any + Send>) {
        lock(&self.failure).get_or_insert(Failure { shard, panic });
        self.failed.store(true, Ordering::Release);
        let test = lock(&self.test).clone();
        if let Some(waker) = test {
            waker.wake();
        }
    }

    pub(crate) fn failure(&self) -> Option<Failure> {
        if !self.failed.load(Ordering::Acquire) {
            return None;
        }
        lock(&self.failure).take()
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The moment at which the test began, which the first call fixes.
    pub(crate) fn began(&self) -> Instant {
        *self.began.get_or_init(Instant::now)
    }

    /// Milliseconds since the test began.
    ///
    /// A clock costs as much to read as a segment to send, so it is read only after a moment at
    /// which time may have moved. A paused clock moves only while no task can run, or by the
    /// test's own hand. On a real clock, an event is stamped as of the last time that a thread
    /// woke or a batch of segments was received.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        if self.stale.load(Ordering::Relaxed) {
            self.stale.store(false, Ordering::Relaxed);
            let millis = u64::try_from(self.began().elapsed().as_millis()).unwrap_or(u64::MAX);
            self.millis.store(millis, Ordering::Relaxed);
            return millis;
        }
        self.millis.load(Ordering::Relaxed)
    }

    /// The logical time of an event at the shard with this `clock`, caused by one at `cause`.
    #[inline]
    pub(crate) fn tick(&self, clock: &AtomicU64, cause: u64) -> u64 {
        if self.is_multi_thread() {
            if cause > 0 {
                clock.fetch_max(cause, Ordering::Relaxed);
            }
            return clock.fetch_add(1, Ordering::Relaxed) + 1;
        }
        self.count()
    }

    /// The logical time of what befalls a segment that was sent at `sent`, on its way.
    #[inline]
    pub(crate) fn tick_between(&self, sent: u64) -> u64 {
        if self.is_multi_thread() {
            return sent;
        }
        self.count()
    }

    /// Counts one more event.
    #[inline]
    fn count(&self) -> u64 {
        // With all tasks on one thread, a step of two is atomic, and many times as fast.
        let events = self.events.load(Ordering::Relaxed) + 1;
        self.events.store(events, Ordering::Relaxed);
        events
    }

    #[inline]
    fn is_multi_thread(&self) -> bool {
        matches!(self.clock, Clock::MultiThread(_))
    }

    /// By how many records a log may grow that asks for `wanted`.
    pub(crate) fn grant(&self, wanted: usize) -> usize {
        let take = |left: usize| Some(left - wanted.min(left));
        let left = self
            .budget
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        left.map_or(0, |left| wanted.min(left))
    }

    /// Time may have moved.
    pub(crate) fn moved(&self) {
        // Looked at first, because all threads share it and most often it is set already.
        if !self.stale.load(Ordering::Relaxed) {
            self.stale.store(true, Ordering::Relaxed);
        }
    }

    /// A batch of segments is about to be received.
    #[inline]
    pub(crate) fn batch(&self) {
        if self.clock != Clock::Paused {
            self.moved();
        }
    }

    /// No task can run.
    pub(crate) fn idle(&self) {
        for mesh in self.meshes() {
            mesh.idle();
        }
    }

    /// Whether [`idle`](Self::idle) is called: when many threads are idle, nobody knows.
    pub(crate) fn tells_idle(&self) -> bool {
        !self.is_multi_thread()
    }

    /// The run is over: lets go of the meshes, which know the observer in their turn, and of the
    /// test.
    pub(crate) fn release(&self) {
        let meshes = std::mem::take(&mut *write(&self.meshes));
        drop(meshes);
        let test = lock(&self.test).take();
        drop(test);
        let failure = lock(&self.failure).take();
        drop(failure);
    }

    /// What the faults of all meshes have met.
    pub(crate) fn exposures(&self) -> Vec<Exposure> {
        let faults = self.meshes().into_iter().flat_map(|mesh| mesh.faults());
        faults.map(|fault| Exposure::of(&fault)).collect()
    }

    pub(crate) fn add(&self, mesh: Arc<dyn Observed>) {
        write(&self.meshes).push(mesh);
    }

    pub(crate) fn meshes(&self) -> Vec<Arc<dyn Observed>> {
        read(&self.meshes).clone()
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}
