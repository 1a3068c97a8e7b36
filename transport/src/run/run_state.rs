//! What the harness shares with the meshes of one run.

use std::any::Any;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::Duration;

use crate::contract::shard_id::ShardId;
use crate::decision::asked::AllAsked;
use crate::decision::chaos::draws::ChaosOfRun;
use crate::decision::decider::Decider;
use crate::decision::matcher::Matcher;
use crate::history::recorded::Ends;
use crate::network::inbox::context::RunLink;
use crate::network::network::Network;
use crate::network::tasks::activity::{Activity, Did};
use crate::network::tasks::property::Property;
use crate::network::tasks::standstill::{StandsStill, Standstill};
use crate::network::tasks::supervisor::Supervisor;
use crate::network::tasks::task::Task;
use crate::network::watched::Watched;
use crate::run::activities::Activities;
use crate::run::body::BodyThread;
use crate::run::coverage::Coverage;
use crate::run::failure::{Failure, How, MeshSnapshot, NotHeld, Snapshot};
use crate::run::inert::Exposure;
use crate::run::properties::{Polled, Properties};
use crate::run::rerun::Rerun;
use crate::run::rests::Rests;
use crate::run::task_failure::FirstTaskFailure;
use crate::sync::{Mutex, RwLock, lock, read, write};
use crate::trace::clock::ClockKind;
use crate::trace::journal::Journal;

/// So many events are told that happened since a property held.
const MOST_SINCE: usize = 4;

/// The state of one run: its journal, its meshes, and how its test fares.
pub(crate) struct RunState {
    pub(crate) journal: Arc<Journal>,
    pub(crate) seed: u64,
    rerun: Option<Rerun>,
    /// What is decided in place of drawing it: in a rerun, and where all is pinned.
    fixed: Option<Arc<Matcher>>,
    asked: Arc<AllAsked>,
    body: BodyThread,
    /// Whether an endpoint was dropped in the panic of the body, and left as it was.
    spared: AtomicBool,
    phase: AtomicU8,
    rests: Rests,
    activities: Activities,
    meshes: RwLock<Vec<Arc<dyn Watched>>>,
    task_failure: FirstTaskFailure,
    standstill: Arc<Standstill>,
    stands_still: OnceLock<StandsStill>,
    properties: Properties,
    histories: Mutex<Vec<Arc<dyn Ends>>>,
    chaos: ChaosOfRun,
    /// Whether some mesh has episodes.
    attends: AtomicBool,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The test is set up, and polled.
    Body,
    /// What the test owns is dropped.
    DropsBody,
    /// The tasks that it left are dropped, and its threads are waited for.
    DropsRuntime,
    /// The same on several threads, and not for long.
    DropsThreads,
}

impl RunState {
    pub(crate) fn new(
        clock: ClockKind,
        (seed, fixed): (u64, Option<Arc<Matcher>>),
        rerun: Option<Rerun>,
        chaos: ChaosOfRun,
    ) -> Self {
        let is_full = rerun.as_ref().is_some_and(Rerun::is_full);
        let of_rerun = rerun.as_ref().and_then(|it| it.fixed.clone());
        Self {
            fixed: of_rerun.or(fixed),
            asked: Arc::new(AllAsked::new()),
            journal: Arc::new(Journal::new(clock, is_full)),
            seed,
            rerun,
            body: BodyThread::default(),
            spared: AtomicBool::new(false),
            phase: AtomicU8::new(Phase::Body as u8),
            rests: Rests::default(),
            activities: Activities::new(),
            meshes: RwLock::new(Vec::new()),
            task_failure: FirstTaskFailure::new(),
            standstill: Arc::new(Standstill::new()),
            stands_still: OnceLock::new(),
            properties: Properties::new(),
            histories: Mutex::new(Vec::new()),
            chaos,
            attends: AtomicBool::new(false),
        }
    }

    /// Makes a mesh part of the run.
    pub(crate) fn watch<P: Send + 'static>(self: &Arc<Self>, network: &Arc<Network<P>>) {
        let run = network.context.run();
        if run.is_some_and(|run| Arc::ptr_eq(&run.journal, &self.journal)) {
            return;
        }
        let mut meshes = write(&self.meshes);
        meshes.push(network.clone());
        let mesh = meshes.len() - 1;
        drop(meshes);
        let decider = Decider {
            seed: self.seed,
            fixed: self.fixed.clone(),
        };
        network.join(RunLink {
            journal: self.journal.clone(),
            labels: self.journal.is_full || decider.wants_labels(),
            decider,
            asked: self.asked.clone(),
            supervisor: self.clone(),
            standstill: self.standstill.clone(),
            chaos: self.chaos,
            mesh,
        });
    }

    pub(crate) fn meshes(&self) -> Vec<Arc<dyn Watched>> {
        read(&self.meshes).clone()
    }

    /// Where this thread panicked last, where that is known.
    pub(crate) fn place(&self) -> Option<String> {
        self.rerun.as_ref()?.places.here()
    }

    /// The test that is woken when a task panics.
    pub(crate) fn set_test(&self, waker: &Waker) {
        self.task_failure.set_test(waker);
    }

    /// The failure of a task, if there was one, with what the meshes were like then.
    pub(crate) fn task_failure(&self) -> Option<Failure> {
        self.task_failure.take()
    }

    /// What the run does that stands still, if it does.
    pub(crate) fn stands_still(&self) -> Option<&StandsStill> {
        self.stands_still.get()
    }

    /// This thread is about to poll the body of the test.
    pub(crate) fn body_begins(&self) {
        self.body.begin(self.journal.clock.now());
    }

    /// It has polled it; `lives` if that was no end in failure. Then a panic in it was caught by the
    /// test itself, and what it dropped is gone.
    pub(crate) fn body_rests(&self, lives: bool) {
        self.body.end();
        if lives && self.spared.swap(false, Ordering::Relaxed) {
            for mesh in self.meshes() {
                mesh.abandon_spared();
            }
        }
    }

    /// Asks what must hold, and what is waited for, after a poll: of a task, or of the test's body.
    #[inline]
    pub(crate) fn ask(&self, polled: Polled) {
        if self.properties.are_any() {
            self.ask_all(polled);
        }
    }

    #[cold]
    fn ask_all(&self, polled: Polled) {
        // What came of a failure does not count.
        if self.task_failure.came() {
            return;
        }
        let Some(broken) = self.properties.ask(self.journal.clock.events()) else {
            return;
        };
        self.task_failure.put(|| {
            let snapshot = self.snapshot(false);
            let (since, more) = snapshot.events_after(broken.held_until, MOST_SINCE);
            let asked = broken.asked;
            Failure {
                place: Some(format!(
                    "property {:?} at {}:{}",
                    broken.name,
                    asked.file(),
                    asked.line()
                )),
                how: How::NotHeld(NotHeld {
                    broken,
                    polled,
                    since,
                    more,
                }),
                took: Duration::ZERO,
                snapshot,
            }
        });
    }

    /// Why the first history fails the test that does, and the line that made it.
    pub(crate) fn disorder(&self) -> Option<(String, &'static Location<'static>)> {
        let histories = lock(&self.histories).clone();
        // For nobody who reads it.
        let brief = self.rerun.as_ref().is_some_and(|it| !it.is_full());
        histories.iter().find_map(|it| it.complaint(brief))
    }

    /// Whether some mesh has episodes, which begin and end by themselves.
    pub(crate) fn attends(&self) -> bool {
        self.attends.load(Ordering::Relaxed)
    }

    /// What the test itself is doing, for the watchdog.
    pub(crate) fn body_activity(&self) -> &Activity {
        &self.activities.body
    }

    /// What the test itself and its tasks did since the last look.
    pub(crate) fn look(&self) -> Vec<Did> {
        self.activities.look()
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Body,
            1 => Phase::DropsBody,
            2 => Phase::DropsRuntime,
            _ => Phase::DropsThreads,
        }
    }

    pub(crate) fn comes_to(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// How often the thread of the test has waited so far.
    pub(crate) fn rests(&self) -> u64 {
        self.rests.count()
    }

    /// Whether it waits now.
    pub(crate) fn is_resting(&self) -> bool {
        self.rests.is_resting()
    }

    /// The thread of the test goes on.
    pub(crate) fn unparked(&self) {
        self.rests.end();
        self.journal.clock.moved();
    }

    /// No task can run.
    pub(crate) fn idle(&self) {
        self.rests.begin();
        self.ask(Polled::Nobody);
        for mesh in self.meshes() {
            mesh.idle();
        }
    }

    /// What the faults of all meshes have met, what held sometimes, and which pins were met.
    pub(crate) fn exposures(&self) -> Vec<Exposure> {
        let meshes = self.meshes().into_iter();
        let met = meshes.flat_map(|mesh| Exposure::all(&*mesh));
        let pins = self.asked.pins().into_iter();
        met.chain(pins.map(Exposure::of_pin)).collect()
    }

    /// What befell the meshes so far.
    pub(crate) fn coverage(&self) -> Coverage {
        let meshes = self.meshes();
        let covered = meshes.iter().map(|mesh| mesh.covered());
        Coverage::of_run(self.journal.clock.now(), covered)
    }

    /// What the meshes are like now; if the test has returned, without what it dropped when it did.
    pub(crate) fn snapshot(&self, ended: bool) -> Snapshot {
        let meshes = self.meshes();
        let meshes = meshes.iter().map(|mesh| {
            let (mut recording, mut stats) = (mesh.recording(), mesh.stats());
            if ended {
                stats = stats.before_loss_of(&recording.leave_out_the_end());
            }
            let (disk_losses, outlived) = mesh.crashes();
            MeshSnapshot {
                disk_losses,
                outlived,
                recording,
                stats,
                waits: mesh.waits(),
                faults: mesh.faults(),
                payload: mesh.payload(),
                chaos: mesh.chaos(),
            }
        });
        let (asked, asked_beyond) = self.asked.all();
        Snapshot {
            asked,
            asked_beyond,
            awaited: self.properties.awaited(),
            // Episodes have the body polled where nothing has woken it.
            body_polled_at: (!self.attends()).then(|| self.body.polled_at()),
            at: self.journal.clock.now(),
            seed_was_read: self.journal.seed_was_read(),
            meshes: meshes.collect(),
        }
    }

    /// The run is over: lets go of the meshes, which know the run in their turn, and of the test.
    pub(crate) fn release(&self) {
        let meshes = std::mem::take(&mut *write(&self.meshes));
        drop(meshes);
        self.task_failure.release();
        self.properties.release();
        let histories = std::mem::take(&mut *lock(&self.histories));
        drop(histories);
    }
}

impl Supervisor for RunState {
    fn task_spawned(&self, task: Task) -> Arc<Activity> {
        self.activities.add(task)
    }

    fn task_panicked(&self, shard: ShardId, panic: Box<dyn Any + Send>) {
        self.task_failure.put(|| Failure {
            how: How::TaskPanicked(shard, panic),
            place: self.place(),
            took: Duration::ZERO,
            snapshot: self.snapshot(false),
        });
    }

    fn task_failed(&self, task: Task, error: String) {
        self.task_failure.put(|| Failure {
            // Not its text, which may hold what is drawn.
            place: Some(format!("an error of a task of shard {}", task.shard)),
            how: How::TaskReturned(task, error),
            took: Duration::ZERO,
            snapshot: self.snapshot(false),
        });
    }

    fn has_failed(&self) -> bool {
        self.task_failure.came()
    }

    fn counts_tasks(&self) -> bool {
        !self.journal.clock.is_multi_thread()
    }

    fn stands_still(&self, told: StandsStill) {
        let _ = self.stands_still.set(told);
        self.task_failure.wake_test();
    }

    fn add_history(&self, history: Arc<dyn Ends>) {
        lock(&self.histories).push(history);
    }

    fn polled(&self, task: Task) {
        self.ask(Polled::Task(task));
    }

    fn add_property(&self, property: Property) -> u64 {
        self.properties.add(property)
    }

    fn remove_property(&self, number: u64) {
        self.properties.remove(number);
    }

    fn attend(&self) {
        self.attends.store(true, Ordering::Relaxed);
        self.task_failure.wake_test();
    }

    fn spares(&self) -> bool {
        let spares = self.body.is_unwinding();
        if spares {
            self.spared.store(true, Ordering::Relaxed);
        }
        spares
    }
}
