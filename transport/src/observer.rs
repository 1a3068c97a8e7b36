//! What the [`Harness`](crate::Harness) shares with the meshes of one run: the test's clock, the
//! order of events, and the moments at which no task can run.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::thread::{self, ThreadId};

use tokio::time::Instant;

use crate::ShardId;
use crate::fault::FaultState;
use crate::inert::Exposure;
use crate::replay::{Given, Orders};
use crate::run::Clock;
use crate::stats::Stats;
use crate::sync::{Mutex, RwLock, lock, read, write};
use crate::timeline::Recording;
use crate::waits::Waits;

/// A mesh, as the harness sees it: without its payload type.
pub(crate) trait Observed: Send + Sync {
    /// Called when no task of the runtime can run.
    fn idle(&self);

    /// Who waits for what.
    fn waits(&self) -> Waits;

    /// Takes those endpoints off the network that were spared when they were dropped.
    fn abandon_spared(&self);

    /// All that was logged.
    fn recording(&self) -> Recording;

    /// What each link has carried.
    fn stats(&self) -> Stats;

    /// Every fault that the test asked for.
    fn faults(&self) -> Vec<Arc<FaultState>>;

    /// What the faults have met, and what held sometimes.
    fn exposures(&self) -> Vec<Exposure>;
}

pub(crate) struct Observer {
    began: OnceLock<Instant>,
    clock: Clock,
    seed: u64,
    /// In a rerun, what it is to do.
    orders: Option<Arc<Orders>>,
    /// The thread that polls the body of the test, and whether it does.
    body: OnceLock<ThreadId>,
    in_body: AtomicBool,
    /// Whether an endpoint was dropped in its panic, and left as it was.
    spared: AtomicBool,
    /// Set when time may have moved since `millis` was read.
    stale: AtomicBool,
    millis: AtomicU64,
    /// How often the test has waited, and whether it does.
    rests: AtomicU64,
    parked: AtomicBool,
    /// How many events there were, where all happen on one thread.
    events: AtomicU64,
    /// How many records the logs of the run may still keep beyond what each may anyway.
    budget: AtomicUsize,
    meshes: RwLock<Vec<Arc<dyn Observed>>>,
    /// The panic of a task that belongs to a shard.
    task_panicked: AtomicBool,
    task_panic: Mutex<Option<TaskPanic>>,
    /// Wakes the test when there is one.
    test: Mutex<Option<Waker>>,
}

/// The shard whose task it is, what it panicked with, and where, if that is known.
type TaskPanic = (ShardId, Box<dyn Any + Send>, Option<String>);

impl Observer {
    /// How many records the logs of one run keep together, of 32 bytes each, beyond the few that
    /// each of them keeps anyway.
    pub(crate) const BUDGET: usize = 1 << 13;

    pub(crate) fn new(clock: Clock, seed: u64, orders: Option<Arc<Orders>>) -> Self {
        Self {
            began: OnceLock::new(),
            clock,
            seed,
            orders,
            body: OnceLock::new(),
            in_body: AtomicBool::new(false),
            spared: AtomicBool::new(false),
            stale: AtomicBool::new(true),
            millis: AtomicU64::new(0),
            rests: AtomicU64::new(0),
            parked: AtomicBool::new(false),
            events: AtomicU64::new(0),
            budget: AtomicUsize::new(Self::BUDGET),
            meshes: RwLock::new(Vec::new()),
            task_panicked: AtomicBool::new(false),
            task_panic: Mutex::new(None),
            test: Mutex::new(None),
        }
    }

    /// The test that is woken when a task fails.
    pub(crate) fn set_test(&self, waker: &Waker) {
        *lock(&self.test) = Some(waker.clone());
    }

    /// A task of `shard` panicked. The first counts.
    pub(crate) fn fail(&self, shard: ShardId, panic: Box<dyn Any + Send>) {
        lock(&self.task_panic).get_or_insert_with(|| (shard, panic, self.place()));
        self.task_panicked.store(true, Ordering::Release);
        let test = lock(&self.test).clone();
        if let Some(waker) = test {
            waker.wake();
        }
    }

    /// The panic of a task, if there was one.
    pub(crate) fn task_panic(&self) -> Option<TaskPanic> {
        if !self.task_panicked.load(Ordering::Acquire) {
            return None;
        }
        lock(&self.task_panic).take()
    }

    /// Where this thread panicked last, where that is known.
    pub(crate) fn place(&self) -> Option<String> {
        self.orders.as_ref()?.place()
    }

    /// Decisions to be taken in place of drawing any.
    pub(crate) fn given(&self) -> Option<&Given> {
        self.orders.as_ref()?.given.as_ref()
    }

    /// Whether to note what each segment is.
    #[inline]
    pub(crate) fn wants_labels(&self) -> bool {
        let orders = self.orders.as_ref();
        orders.is_some_and(|orders| orders.wants_labels())
    }

    /// This thread is about to poll the body of the test.
    pub(crate) fn body_begins(&self) {
        if self.is_multi_thread() {
            self.rests.fetch_add(1, Ordering::Relaxed);
        }
        self.body.get_or_init(|| thread::current().id());
        self.in_body.store(true, Ordering::Relaxed);
    }

    /// It has polled it; `lives` if that was no end in failure. Then a panic in it was caught by the
    /// test itself, and what it dropped is gone.
    pub(crate) fn body_rests(&self, lives: bool) {
        self.in_body.store(false, Ordering::Relaxed);
        if lives && self.spared.swap(false, Ordering::Relaxed) {
            for mesh in self.meshes() {
                mesh.abandon_spared();
            }
        }
    }

    /// Whether an endpoint that is being dropped is to be left as it was: where the test is over,
    /// and what it owns goes because of its panic, the report is on the mesh before that.
    pub(crate) fn spares(&self) -> bool {
        let spares = thread::panicking()
            && self.in_body.load(Ordering::Relaxed)
            && self.body.get() == Some(&thread::current().id());
        if spares {
            self.spared.store(true, Ordering::Relaxed);
        }
        spares
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

    pub(crate) fn is_paused(&self) -> bool {
        self.clock == Clock::Paused
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

    /// How often the test has waited so far; `None` while it waits. Of several threads it is the one
    /// that runs the test itself.
    pub(crate) fn rests(&self) -> Option<u64> {
        let waits = if self.is_multi_thread() {
            !self.in_body.load(Ordering::Relaxed)
        } else {
            self.parked.load(Ordering::Relaxed)
        };
        (!waits).then(|| self.rests.load(Ordering::Relaxed))
    }

    /// The thread of the test goes on.
    pub(crate) fn unparked(&self) {
        self.parked.store(false, Ordering::Relaxed);
        self.moved();
    }

    /// No task can run.
    pub(crate) fn idle(&self) {
        self.rests.fetch_add(1, Ordering::Relaxed);
        self.parked.store(true, Ordering::Relaxed);
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
        let panic = lock(&self.task_panic).take();
        drop(panic);
    }

    /// What the faults of all meshes have met, and what held sometimes.
    pub(crate) fn exposures(&self) -> Vec<Exposure> {
        let meshes = self.meshes().into_iter();
        meshes.flat_map(|mesh| mesh.exposures()).collect()
    }

    /// Adds a mesh, and tells its place among the others.
    pub(crate) fn add(&self, mesh: Arc<dyn Observed>) -> usize {
        let mut meshes = write(&self.meshes);
        meshes.push(mesh);
        meshes.len() - 1
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
