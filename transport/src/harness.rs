use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::process::{ExitCode, Termination};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::InProcessTransportFactory;
use crate::inert;
use crate::observer::{Failure, Observer};
use crate::report::timed_out;
use crate::seeds::{Chosen, Rerun, Seeds};
use crate::sweep::{Ended, Failed, Swept, sweep};

/// The time-out of a test unless told.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs a test: makes its runtime, its clock and its time-out, and says why it hangs.
///
/// The attribute expands to it; whoever outgrows the attribute writes the same by hand. It takes
/// the module and the name of the test, under which its reports are filed.
///
/// ```
/// use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, ShardId, WalSegmentPayload};
///
/// async fn ships_a_segment(leader: Endpoint, follower: Endpoint) {
///     let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
///     leader.send_segment(ShardId(1), segment.clone()).await.unwrap();
///     assert_eq!(follower.recv_segment().await, Some(segment));
/// }
///
/// Harness::new(module_path!(), "ships_a_segment").run(|run| {
///     let factory = run.watch(InProcessTransportFactory::new());
///     let leader = factory.create(ShardId(0));
///     let follower = factory.create(ShardId(1));
///     factory.connect(ShardId(0), ShardId(1));
///     Box::pin(ships_a_segment(leader, follower))
/// });
/// ```
#[derive(Clone, Debug)]
#[must_use = "a harness does nothing until it is `run`"]
pub struct Harness {
    module: &'static str,
    name: &'static str,
    timeout: Duration,
    clock: Clock,
    seeds: Seeds,
    should_panic: bool,
}

/// Which threads run the test, and so which clock it can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// One thread, on a clock that jumps ahead whenever no task can run.
    Paused,
    /// One thread, on the real clock.
    Real,
    /// Several threads, on the real clock; `None` for as many as tokio chooses.
    MultiThread(Option<NonZeroUsize>),
}

/// One run of a test, as its [`Harness`] hands it to the closure that sets the test up.
#[derive(Clone)]
pub struct Run {
    observer: Arc<Observer>,
}

impl Run {
    /// Hands the mesh of `factory` to the harness, to be reported on when the test fails, and
    /// gives the factory back. Without this a mesh works, but the reports know nothing of it.
    ///
    /// See [`Harness`] for an example.
    #[must_use]
    pub fn watch<P: Debug + Send + 'static>(
        &self,
        factory: InProcessTransportFactory<P>,
    ) -> InProcessTransportFactory<P> {
        factory.observe(&self.observer);
        factory
    }
}

impl Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

/// Ends an observation when it is dropped.
struct Released<'a>(&'a Observer);

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// A test body, without its type.
type Body<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

impl Harness {
    /// A test on one thread with a paused clock and a time-out of 60 s.
    pub fn new(module: &'static str, name: &'static str) -> Self {
        Self {
            module,
            name,
            timeout: DEFAULT_TIMEOUT,
            clock: Clock::Paused,
            seeds: Seeds::One(0),
            should_panic: false,
        }
    }

    /// Fails the test when it takes longer than this on its own clock.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").timeout(Duration::from_secs(5));
    /// harness.run(|_run| Box::pin(async { /* the test */ }));
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether the clock is paused: whether it jumps to the next timer whenever no task can run,
    /// as under `#[tokio::test(start_paused = true)]`.
    ///
    /// # Panics
    ///
    /// If it is to be paused on several threads, which tokio cannot do.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").start_paused(false);
    /// harness.run(|_run| Box::pin(async { /* the test */ }));
    /// ```
    #[track_caller]
    pub fn start_paused(mut self, paused: bool) -> Self {
        self.clock = match (self.clock, paused) {
            (Clock::MultiThread(_), true) => panic!(
                "a clock can be paused on one thread only: leave `start_paused` or the threads out"
            ),
            (several @ Clock::MultiThread(_), false) => several,
            (_, true) => Clock::Paused,
            (_, false) => Clock::Real,
        };
        self
    }

    /// Runs the test on several threads, as many as tokio chooses, and on the real clock.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").multi_thread();
    /// harness.run(|_run| Box::pin(async { /* the test */ }));
    /// ```
    pub fn multi_thread(mut self) -> Self {
        self.clock = Clock::MultiThread(None);
        self
    }

    /// Runs the test on `threads` threads and on the real clock.
    ///
    /// # Panics
    ///
    /// If `threads` is 0.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").worker_threads(2);
    /// harness.run(|_run| Box::pin(async { /* the test */ }));
    /// ```
    #[track_caller]
    pub fn worker_threads(mut self, threads: usize) -> Self {
        let threads = NonZeroUsize::new(threads).expect("a test needs at least 1 worker thread");
        self.clock = Clock::MultiThread(Some(threads));
        self
    }

    /// The seed of the mesh's random decisions; 0 unless told.
    ///
    /// `SHARD_MESH_SEED=17` in the environment runs that seed instead.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").seed(7);
    /// harness.run(|_run| Box::pin(async { /* the test */ }));
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seeds = Seeds::One(seed);
        self
    }

    /// Runs the test once for each of these seeds, each in a runtime and a mesh of its own, over all
    /// cores. Once a seed has failed no higher one is started, and the lowest that failed is what
    /// the test fails with.
    ///
    /// `SHARD_MESH_SEED=17` in the environment runs that seed only; `SHARD_MESH_SEEDS=0..100000`
    /// sweeps those instead.
    ///
    /// # Panics
    ///
    /// If the range is empty.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").seeds(0..256);
    /// harness.run(|_run| Box::pin(async { /* the test */ }));
    /// ```
    #[track_caller]
    pub fn seeds(mut self, seeds: Range<u64>) -> Self {
        assert!(
            !seeds.is_empty(),
            "a sweep of no seeds, {seeds:?}: give `first..end`"
        );
        self.seeds = Seeds::Sweep(seeds);
        self
    }

    /// Tells that the test is meant to panic, so that a time-out, which otherwise is a panic too,
    /// is not taken for that: it prints its report and returns, and the test fails because it did
    /// not panic.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::process::ExitCode;
    /// let harness = Harness::new(module_path!(), "a_test").should_panic();
    /// let code = harness.run(|_run| Box::pin(std::future::pending::<()>()));
    /// assert_eq!(code, ExitCode::FAILURE);
    /// ```
    pub fn should_panic(mut self) -> Self {
        self.should_panic = true;
        self
    }

    /// Runs the test that `test` sets up, to its end.
    ///
    /// `test` is called on the test's runtime. What its future returns is reported as a test's
    /// return value is: an `Err` is printed, and the exit code says that the test failed.
    ///
    /// # Panics
    ///
    /// If the test panics or takes longer than its time-out. With a paused clock, a test that can
    /// make no progress comes to its time-out at once. Also if a fault met no segment in a test that
    /// passed, if a variable in the environment does not parse, and within another runtime.
    ///
    /// See [`Harness`] for an example. `test` is a plain function, so that this is compiled once for
    /// all tests; what it needs from outside it can take from a `static`.
    #[track_caller]
    pub fn run<R: Termination>(
        self,
        test: fn(&Run) -> Pin<Box<dyn Future<Output = R>>>,
    ) -> ExitCode {
        let run = |seed| {
            let mut outcome = None;
            let slot = &mut outcome;
            let exposures = self.drive(
                seed,
                Box::new(move |run| {
                    let body = test(run);
                    Box::pin(async move { *slot = Some(body.await) })
                }),
            )?;
            match outcome.map(Termination::report) {
                Some(ExitCode::SUCCESS) | None => Ok(exposures),
                Some(code) => Err(Failed::Code(code)),
            }
        };
        self.run_seeds(&run)
    }

    #[track_caller]
    fn run_seeds(&self, run: &(dyn Fn(u64) -> Ended + Sync)) -> ExitCode {
        assert!(
            Handle::try_current().is_err(),
            "a harness makes the runtime of its test, and cannot run within another: call it from a plain function"
        );
        let Chosen { seeds, narrowed } = match self.seeds.chosen() {
            Ok(chosen) => chosen,
            Err(error) => panic!("{error}"),
        };
        let ended = match seeds {
            Seeds::One(seed) => run(seed),
            Seeds::Sweep(seeds) => self.sweep(seeds, run),
        };
        match ended {
            Ok(exposures) => {
                let checked = !narrowed && !self.should_panic;
                if let Some(report) = inert::report(&exposures).filter(|_| checked) {
                    panic!("{report}");
                }
                ExitCode::SUCCESS
            }
            Err(Failed::Code(code)) => code,
            Err(Failed::Panic(panic)) => resume_unwind(panic),
            // Not the panic that was meant: the test fails because it did not panic.
            Err(Failed::TimedOut(report)) if self.should_panic => {
                eprintln!("{report}");
                ExitCode::FAILURE
            }
            Err(Failed::TimedOut(report)) => panic!("{report}"),
        }
    }

    fn sweep(&self, seeds: Range<u64>, run: &(dyn Fn(u64) -> Ended + Sync)) -> Ended {
        let test = self.test();
        match sweep(&test, seeds.clone(), run) {
            Swept::Passed(exposures) => Ok(exposures),
            Swept::Failed(seed, failed) => {
                let rerun = Rerun { seed, test: &test };
                eprintln!(
                    "seed {seed} is the lowest of {seeds:?} that failed; run it alone with\n    {rerun}"
                );
                Err(failed)
            }
        }
    }

    /// Runs a body to its end, and returns what its faults met. Not generic: this is compiled
    /// once, not once per test.
    fn drive<'a>(&self, seed: u64, body: Box<dyn FnOnce(&Run) -> Body<'a> + 'a>) -> Ended {
        let observer = Arc::new(Observer::new(self.clock, seed));
        // On every way out, or mesh and observer would keep each other alive.
        let _released = Released(&observer);
        let runtime = self.runtime(&observer);
        let run = Run {
            observer: observer.clone(),
        };
        let ended = runtime.block_on(async {
            observer.began();
            let mut body = body(&run);
            let mut timeout = std::pin::pin!(tokio::time::sleep(self.timeout));
            let mut known = false;
            std::future::poll_fn(|cx| {
                // The same waker as long as the runtime blocks on this.
                if !std::mem::replace(&mut known, true) {
                    observer.set_test(cx.waker());
                }
                // The test may have moved the clock when it was last polled.
                observer.moved();
                let task_panicked = || {
                    let Failure { shard, panic } = observer.failure()?;
                    eprintln!(
                        "the panic above is that of a task of shard {shard}, and fails the test"
                    );
                    Some(Poll::Ready(Err(Failed::Panic(panic))))
                };
                // Before the body is polled, which may be waiting for that very task.
                if let Some(failed) = task_panicked() {
                    return failed;
                }
                // Before the body is polled, which nobody may have woken: it would get by on this.
                // And while it lives, as nobody would be waiting any more once it is dropped.
                if timeout.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(Failed::TimedOut(self.hang(&observer))));
                }
                let finished = body.as_mut().poll(cx);
                // And after it, on several threads.
                if finished.is_pending() {
                    return Poll::Pending;
                }
                task_panicked().unwrap_or_else(|| Poll::Ready(Ok(observer.exposures())))
            })
            .await
        });
        if matches!(ended, Err(Failed::TimedOut(_))) {
            // A blocking task may be what hangs.
            runtime.shutdown_background();
        }
        ended
    }

    fn hang(&self, observer: &Observer) -> String {
        let paused = matches!(self.clock, Clock::Paused);
        timed_out(&self.test(), self.timeout, paused, observer)
    }

    /// The test, as the test runner calls it: without the name of the crate.
    fn test(&self) -> String {
        match self.module.split_once("::") {
            Some((_crate, module)) => format!("{module}::{}", self.name),
            None => self.name.to_owned(),
        }
    }

    fn runtime(&self, observer: &Arc<Observer>) -> Runtime {
        let mut builder = match self.clock {
            Clock::Paused | Clock::Real => Builder::new_current_thread(),
            Clock::MultiThread(_) => Builder::new_multi_thread(),
        };
        match self.clock {
            Clock::Paused => {
                builder.start_paused(true);
            }
            Clock::MultiThread(Some(threads)) => {
                builder.worker_threads(threads.get());
            }
            Clock::Real | Clock::MultiThread(None) => {}
        }
        let moved = observer.clone();
        builder.on_thread_unpark(move || moved.moved());
        if observer.tells_idle() {
            let idle = observer.clone();
            builder.on_thread_park(move || idle.idle());
        }
        builder
            .enable_all()
            .build()
            .expect("a runtime for the test")
    }
}
