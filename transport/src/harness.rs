mod cases;

use std::env;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::{ExitCode, Termination};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::decision::choice::FixedDecisions;
use crate::replay::request::{RerunRequest, is_rerun};
use crate::replay::{Replay, Subject, replay, returned};
use crate::report::{self, Case, WhichSeed};
use crate::run::environment::{Draw, Environment, Spin};
use crate::run::execute::{Body, Ended, Keep, Passed, Settings, run};
use crate::run::failure::{Failure, How};
use crate::run::rerun::Telling;
use crate::run::run::Run;
use crate::run::seeds::{Chosen, Seeds};
use crate::run::sweep::{Numbers, Swept, sweep};
use crate::run::test_name::TestName;
use crate::run::under_way::UnderWay;
use crate::run::watchdog::{Notice, Watchdog};
use crate::run::{inert, print};
use crate::trace::clock::ClockKind;

/// The time-out of a test unless told.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// What sets a test up.
type Test<'a, R> = dyn Fn(&Run) -> Box<dyn Future<Output = R>> + Sync + 'a;

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
///     Box::new(ships_a_segment(leader, follower))
/// });
/// ```
#[derive(Clone, Debug)]
#[must_use = "a harness does nothing until it is `run`"]
pub struct Harness {
    test: TestName,
    timeout: Duration,
    clock: ClockKind,
    seeds: Seeds,
    also: Vec<u64>,
    draws: Draws,
    should_panic: bool,
    reruns: bool,
}

/// What is left to chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Draws {
    /// All, by the seed.
    All,
    /// Nothing: it is pinned.
    Nothing,
    /// Latencies, while every single fault is tried.
    Latencies,
}

impl Harness {
    /// A test on one thread with a paused clock and a time-out of 60 s.
    pub fn new(module: &'static str, name: &'static str) -> Self {
        Self {
            test: TestName {
                module,
                function: name,
            },
            timeout: DEFAULT_TIMEOUT,
            clock: ClockKind::Paused,
            seeds: Seeds::One(0),
            also: Vec::new(),
            draws: Draws::All,
            should_panic: false,
            reruns: true,
        }
    }

    /// Fails the test when it takes longer than this on its own clock.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").timeout(Duration::from_secs(5));
    /// harness.run(|_run| Box::new(async { /* the test */ }));
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
    /// harness.run(|_run| Box::new(async { /* the test */ }));
    /// ```
    #[track_caller]
    pub fn start_paused(mut self, paused: bool) -> Self {
        self.clock = match (self.clock, paused) {
            (ClockKind::MultiThread(_), true) => panic!(
                "a clock can be paused on one thread only: leave `start_paused` or the threads out"
            ),
            (several @ ClockKind::MultiThread(_), false) => several,
            (_, true) => ClockKind::Paused,
            (_, false) => ClockKind::Real,
        };
        self
    }

    /// Runs the test on several threads, as many as tokio chooses, and on the real clock.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").multi_thread();
    /// harness.run(|_run| Box::new(async { /* the test */ }));
    /// ```
    pub fn multi_thread(mut self) -> Self {
        self.clock = ClockKind::MultiThread(None);
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
    /// harness.run(|_run| Box::new(async { /* the test */ }));
    /// ```
    #[track_caller]
    pub fn worker_threads(mut self, threads: usize) -> Self {
        let threads = NonZeroUsize::new(threads).expect("a test needs at least 1 worker thread");
        self.clock = ClockKind::MultiThread(Some(threads));
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
    /// harness.run(|_run| Box::new(async { /* the test */ }));
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
    /// sweeps those instead, and `SHARD_MESH_FOR=30m` goes on after them until so much time has passed. A test
    /// that is [meant to panic](Self::should_panic) keeps its own: others may not make it panic.
    ///
    /// # Panics
    ///
    /// If the range is empty.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// # use std::time::Duration;
    /// let harness = Harness::new(module_path!(), "a_test").seeds(0..256);
    /// harness.run(|_run| Box::new(async { /* the test */ }));
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

    /// Seeds that once failed, which are run before the others, in this order; the first that fails is what the
    /// test fails with. So a bug that was mended stays mended, though the sweep is short.
    ///
    /// They are left out where `SHARD_MESH_SEED` or `SHARD_MESH_SEEDS` says which seeds to run. A seed says
    /// little once the test has changed: what lasts is a test that is [`pinned`](Self::pinned).
    ///
    /// # Panics
    ///
    /// If a seed is there twice.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// let harness = Harness::new(module_path!(), "a_test").seeds(0..16).also([17, 4711]);
    /// harness.run(|_run| Box::new(async { /* the test */ }));
    /// ```
    #[track_caller]
    pub fn also(mut self, seeds: impl IntoIterator<Item = u64>) -> Self {
        for seed in seeds {
            assert!(
                !self.also.contains(&seed),
                "seed {seed} is there twice: remove one"
            );
            self.also.push(seed);
        }
        self
    }

    /// Runs the test with every single fault, in place of a sample: without any; with the loss of each segment that
    /// was sent in that run; and, where shards have [nodes](crate::Mesh::host), with a crash of a node right after
    /// each segment that it sent or received, each write and sync of its disks, and each boot. The shard is
    /// restarted 10 ms later, and what it had sent arrives. A crash keeps all unsynced writes, and where it found
    /// any, a further run loses them.
    ///
    /// Nothing is drawn in these runs but latencies. They take all cores. How many there are is told first, on
    /// standard error, and in the end that all passed, or which did not: it is shrunk and reported as a seed is.
    ///
    /// `SHARD_MESH_SEED=17` in the environment tries them all with the latencies of another seed.
    ///
    /// # Panics
    ///
    /// If `faults` is not 1. When it runs: if there are more than 100,000 faults to try, or none, or the run without
    /// any fault has too many events for its log to be whole (some 8,000); and beside [`seeds`](Self::seeds),
    /// [`also`](Self::also), [`pinned`](Self::pinned), or several threads.
    ///
    /// ```
    /// # use shard_mesh::{Harness, InProcessTransportFactory, ShardId};
    /// Harness::new(module_path!(), "a_test").exhaustive(1).run(|run| {
    ///     let factory = run.watch(InProcessTransportFactory::new());
    ///     let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    ///     factory.connect(ShardId(0), ShardId(1));
    ///     Box::new(async move {
    ///         // Either of the two will do.
    ///         a.send_segment(ShardId(1), 'x').await.unwrap();
    ///         a.send_segment(ShardId(1), 'x').await.unwrap();
    ///         assert_eq!(b.recv_segment().await, Some('x'));
    ///     })
    /// });
    /// ```
    #[track_caller]
    pub fn exhaustive(mut self, faults: usize) -> Self {
        assert!(
            faults == 1,
            "`exhaustive` tries one fault at a time: give 1, and not {faults}"
        );
        assert!(
            self.draws == Draws::All,
            "a pinned run is one run: remove `exhaustive` or `pinned`"
        );
        self.draws = Draws::Latencies;
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
    /// let code = harness.run(|_run| Box::new(std::future::pending::<()>()));
    /// assert_eq!(code, ExitCode::FAILURE);
    /// ```
    pub fn should_panic(mut self) -> Self {
        self.should_panic = true;
        self
    }

    /// Whether a run that fails is run again, in processes of their own; it is unless told.
    ///
    /// A rerun starts this executable again for the test as a whole. A loop that draws what it hands
    /// to the harness, as a property test does, draws something else there, so the rerun says
    /// nothing about the run that failed. Such a loop turns reruns off, and has the failing input
    /// shrunk by its own means.
    ///
    /// ```
    /// # use shard_mesh::Harness;
    /// for timeout in [10, 20] {
    ///     let timeout = std::time::Duration::from_millis(timeout);
    ///     let harness = Harness::new(module_path!(), "a_test").reruns(false);
    ///     harness.run(|_run| Box::new(async move { tokio::time::sleep(timeout).await }));
    /// }
    /// ```
    pub fn reruns(mut self, reruns: bool) -> Self {
        self.reruns = reruns;
        self
    }

    /// Draws nothing: each random decision takes its simplest value (no loss, no copy, the least latency,
    /// the first of what is picked) unless a line of the test pins it, with a [rule](crate::Mesh::rule)
    /// for segments and with [`pin`](crate::Mesh::pin) for what is picked.
    ///
    /// So a run that was shrunk becomes a regression test, whose faults in the attribute and in the body
    /// may stay as they are. No fault is called inert in it, and what must hold
    /// [sometimes](crate::Mesh::sometimes) need not.
    ///
    /// # Panics
    ///
    /// Beside [`exhaustive`](Self::exhaustive).
    ///
    /// ```
    /// # use shard_mesh::{Harness, InProcessTransportFactory, ShardId};
    /// Harness::new(module_path!(), "a_test").pinned().run(|run| {
    ///     let factory = run.watch(InProcessTransportFactory::new());
    ///     let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    ///     factory.connect(ShardId(0), ShardId(1));
    ///     factory.mesh().all().loss(1.0);
    ///     Box::new(async move {
    ///         a.send_segment(ShardId(1), 'x').await.unwrap();
    ///         assert_eq!(b.recv_segment().await, Some('x'));
    ///     })
    /// });
    /// ```
    #[track_caller]
    pub fn pinned(mut self) -> Self {
        assert!(
            self.draws != Draws::Latencies,
            "a pinned run is one run: remove `exhaustive` or `pinned`"
        );
        self.draws = Draws::Nothing;
        self
    }

    /// Runs the test that `test` sets up, to its end.
    ///
    /// `test` is called on the test's runtime. What its future returns is reported as a test's
    /// return value is: an `Err` is printed, and the exit code says that the test failed.
    ///
    /// A run that fails is reported on standard error, after the test's own message: see [the
    /// crate's page](crate#when-a-test-fails). For that, on a paused clock, this executable is
    /// started again, to run this one test with this one seed. A program (a test by the name of
    /// `main`), a test that is meant to panic and one without [`reruns`](Self::reruns) are not run
    /// again.
    ///
    /// # Panics
    ///
    /// If the test panics or takes longer than its time-out. With a paused clock, a test that can
    /// make no progress comes to its time-out at once. One that does a million operations of the mesh
    /// within one millisecond of that clock which move nothing (sends that are refused or lost, `None`,
    /// tries that find nothing), and receives no segment in between, fails there: the clock would never
    /// move. On several threads, also if a task of a test
    /// that passed spins on for 30 s, or for its time-out if that is shorter. Also if a fault met no segment in a test that
    /// passed, if a variable in the environment does not parse, and within another runtime.
    ///
    /// `test` is called once for each run, so it clones or copies what it captures into the future.
    /// See [`Harness`] for an example without captures.
    ///
    /// ```
    /// use shard_mesh::{Harness, InProcessTransportFactory, ShardId};
    ///
    /// for segments in [1, 10, 100] {
    ///     Harness::new(module_path!(), "main").run(|run| {
    ///         let factory = run.watch(InProcessTransportFactory::new());
    ///         let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    ///         factory.connect(ShardId(0), ShardId(1));
    ///         Box::new(async move {
    ///             for n in 0..segments {
    ///                 a.send_segment(ShardId(1), n).await.unwrap();
    ///                 assert_eq!(b.recv_segment().await, Some(n));
    ///             }
    ///         })
    ///     });
    /// }
    /// ```
    #[track_caller]
    pub fn run<R: Termination + 'static>(
        self,
        test: impl Fn(&Run) -> Box<dyn Future<Output = R>> + Sync,
    ) -> ExitCode {
        self.run_test(&test)
    }

    /// Compiled once for each type that tests return, and not once for each test.
    #[track_caller]
    fn run_test<R: Termination + 'static>(self, test: &Test<'_, R>) -> ExitCode {
        self.run_seeds(&|run| {
            let body = Box::into_pin(test(run));
            Box::pin(async move { returned::report(body.await) })
        })
    }

    #[track_caller]
    fn run_seeds(self, body: &(dyn Fn(&Run) -> Body + Sync)) -> ExitCode {
        assert!(
            Handle::try_current().is_err(),
            "a harness makes the runtime of its test, and cannot run within another: call it from a plain function"
        );
        if self.draws == Draws::Latencies {
            self.check_exhaustive();
        }
        let environment = Environment::read().and_then(|mut it| {
            if self.should_panic {
                // Other seeds may not have what makes it panic.
                it.keep_seeds();
            }
            Ok((it.seeds(&self.seeds)?, it))
        });
        let (Chosen { seeds, narrowed }, environment) = match environment {
            Ok(read) => read,
            Err(error) => panic!("{error}"),
        };
        let request = RerunRequest::of_this_process(&self.test.path());
        // A rerun begins where this begins, wherever the test goes. Miri has no folders.
        let folder = (!cfg!(miri)).then(env::current_dir).and_then(Result::ok);
        let draw = environment.timeline;
        let watchdog = self.watchdog(environment.spin, draw);
        let settings = |keep| Settings {
            clock: self.clock,
            timeout: self.timeout,
            pinned: self.draws == Draws::Nothing,
            swarm: matches!(self.seeds, Seeds::Sweep(_)),
            keep,
            rerun: request.as_ref().map(|it| &it.rerun),
            watchdog: &watchdog,
        };
        let keep = Keep {
            recordings: draw == Draw::Always && matches!(seeds, Seeds::One(_)),
            coverage: environment.stats || matches!(seeds, Seeds::Sweep(_)),
        };
        let fixed = |seed, fixed, keep| run(&settings(keep), (seed, Some(fixed)), body);
        let run = |seed| run(&settings(keep), (seed, None), body);
        let stats = environment.stats;
        let also = if narrowed { &[][..] } else { &self.also };
        let (ended, seed, which) = match (&seeds, self.run_also(also, &run)) {
            (_, Err((seed, failure))) => (Err(failure), seed, WhichSeed::Also),
            // A rerun is told what is decided.
            (Seeds::One(seed), _) if self.draws == Draws::Latencies && !is_rerun() => {
                let case = |decided, keep| fixed(*seed, decided, keep);
                let (ended, which) = cases::run_cases(&self.test, &case);
                (ended, *seed, which)
            }
            (_, Ok(kept)) => self.run_own((seeds, environment.goes_on), kept, stats, &run),
        };
        if let Some(request) = &request {
            request.answer(&ended, &|failure, telling| {
                report::of_rerun(&self.test, seed, failure, telling)
            });
        }
        match ended {
            Ok(passed) => {
                // Its runs are no seeds.
                if stats && self.draws != Draws::Latencies {
                    print::line(&report::covered(&self.test, &passed));
                }
                if keep.recordings && !passed.recordings.is_empty() {
                    print::line(&report::passed(&self.test, seed, &passed.recordings));
                }
                let checked = !narrowed && !self.should_panic;
                if let Some(report) =
                    inert::report(&passed.exposures, self.draws != Draws::All).filter(|_| checked)
                {
                    panic!("{report}");
                }
                ExitCode::SUCCESS
            }
            Err(failure) => self.fail(
                *failure,
                (seed, &which),
                folder.as_deref(),
                draw != Draw::Never,
            ),
        }
    }

    #[track_caller]
    fn check_exhaustive(&self) {
        let several = matches!(self.clock, ClockKind::MultiThread(_));
        for (what, is_there) in [
            ("seeds", matches!(self.seeds, Seeds::Sweep(_))),
            ("also", !self.also.is_empty()),
            ("several threads", several),
        ] {
            assert!(
                !is_there,
                "`exhaustive` tries every fault of one run, and goes with no {what}"
            );
        }
    }

    /// Runs the seeds that once failed, up to the first that fails again.
    fn run_also(
        &self,
        also: &[u64],
        run: &(dyn Fn(u64) -> Ended + Sync),
    ) -> Result<Option<Passed>, (u64, Box<Failure>)> {
        if also.is_empty() {
            return Ok(None);
        }
        let (under_way, mut kept) = (self.under_way(), Passed::default());
        for &seed in also {
            if let Some(under_way) = &under_way {
                under_way.note(0, Some(seed));
            }
            kept.add(run(seed).map_err(|failure| (seed, failure))?);
        }
        Ok(Some(kept))
    }

    /// Runs its one seed or its sweep, after those that passed before.
    fn run_own(
        &self,
        (seeds, goes_on): (Seeds, Option<Duration>),
        kept: Option<Passed>,
        stats: bool,
        run: &(dyn Fn(u64) -> Ended + Sync),
    ) -> (Ended, u64, WhichSeed) {
        match seeds {
            Seeds::One(seed) => {
                let ended = run(seed).map(|passed| match kept {
                    // What two faults of one line met is not added up where there is one run.
                    None => passed,
                    Some(mut kept) => {
                        kept.recordings.clone_from(&passed.recordings);
                        kept.add(passed);
                        kept
                    }
                });
                (ended, seed, WhichSeed::Alone)
            }
            Seeds::Sweep(seeds) => match self.sweep((&seeds, goes_on), run) {
                Swept::Passed(all) => {
                    let mut kept = kept.unwrap_or_default();
                    if let Some(time) = goes_on {
                        let swept = seeds.start..seeds.start + all.coverage.seeds;
                        print::line(&report::went_on(&self.test, (time, &seeds), &swept));
                    }
                    kept.add(all);
                    (Ok(kept), seeds.start, WhichSeed::Alone)
                }
                Swept::Failed(seed, failure, before) => {
                    let seeds = seeds.start..seeds.end.max(seed + 1);
                    let mut kept = kept.unwrap_or_default();
                    kept.add(before);
                    let before = report::before(&kept, stats);
                    (Err(failure), seed, WhichSeed::Sweep { seeds, before })
                }
            },
        }
    }

    fn sweep(
        &self,
        (seeds, goes_on): (&Range<u64>, Option<Duration>),
        run: &(dyn Fn(u64) -> Ended + Sync),
    ) -> Swept {
        let numbers = Numbers {
            are: "seed",
            range: seeds.clone(),
            goes_on,
        };
        sweep(&self.test.path(), numbers, self.under_way(), run)
    }

    /// Where to note which seeds are under way. Tells of those that were when this test took its process with it.
    fn under_way(&self) -> Option<UnderWay> {
        let (under_way, left) = UnderWay::begin(&self.test.in_runner());
        if let Some(left) = left {
            // Past the runner, whose capture dies with the process if this one dies as well.
            print::line_past_all(&left.tell(&self.test.in_runner()));
        }
        under_way
    }

    /// Tells of a run that its time-out does not end, past the test runner, which shows what it has
    /// captured only when the test has ended.
    fn watchdog(&self, spin: Spin, draw: Draw) -> Watchdog {
        let test = self.test;
        Watchdog::new(spin, move |run, stuck, notice| {
            let seed = run.seed;
            // The thread of the test, which tells its clock of that otherwise, is busy.
            run.journal.clock.moved();
            let told = match notice {
                Notice::Stuck => {
                    let failure = Failure {
                        took: stuck.lasts,
                        how: How::Stuck(stuck),
                        place: None,
                        snapshot: run.snapshot(false),
                    };
                    report::report(&Case {
                        test: &test,
                        seed,
                        which: &WhichSeed::Alone,
                        failure: &failure,
                        replay: &Replay::none("it has not ended"),
                        telling: report::telling(&test, draw != Draw::Never),
                    })
                }
                Notice::NoReport => report::stuck(
                    &test,
                    seed,
                    &stuck,
                    "what its meshes are like is not known: the test holds a lock that this takes",
                ),
                Notice::Ended => report::stuck(
                    &test,
                    seed,
                    &stuck,
                    "SHARD_MESH_SPIN ends this process, and with it the tests that it still runs",
                ),
            };
            print::line_past_all(&told);
        })
    }

    /// Reports a failure, and fails as the test did.
    fn fail(
        self,
        failure: Failure,
        (seed, which): (u64, &WhichSeed),
        folder: Option<&Path>,
        draw: bool,
    ) -> ExitCode {
        let message = match failure.how {
            How::TimedOut(..) | How::Lingers(_) | How::StandsStill(_) | How::Mistaken(_) => {
                format!("`{}` {}\n", self.test.path(), failure.how)
            }
            How::TaskReturned(..) | How::NotHeld(_) | How::NoOrder(..) => {
                format!("`{}` failed: {}\n", self.test.path(), failure.how)
            }
            How::TaskPanicked(shard, _) => {
                format!("the panic above is that of a task of shard {shard}, and fails the test\n")
            }
            How::Panicked(_) | How::Returned(_) | How::Stuck(_) => String::new(),
        };
        let others = match which {
            WhichSeed::Sweep { seeds, .. } => seed + 1..seeds.end,
            WhichSeed::Alone | WhichSeed::Also | WhichSeed::Exhaustive(..) => 0..0,
        };
        let telling = report::telling(&self.test, draw);
        let fixed = match which {
            WhichSeed::Exhaustive(_, fixed) => Some(fixed),
            _ => None,
        };
        let replay = self.replay((seed, others, fixed), folder, &failure, telling);
        let case = Case {
            test: &self.test,
            seed,
            which,
            failure: &failure,
            replay: &replay,
            telling,
        };
        let report = message + &report::report(&case);
        print::line(&report);
        match failure.how {
            How::Returned(code) => code,
            How::Panicked(panic) | How::TaskPanicked(_, panic) => resume_unwind(panic),
            // That is told by the watchdog, and is no end.
            How::Stuck(_) => ExitCode::FAILURE,
            // No panic, or not the one that was meant: the test fails because it did not panic.
            How::TaskReturned(..)
            | How::TimedOut(..)
            | How::Lingers(_)
            | How::StandsStill(_)
            | How::Mistaken(_)
                if self.should_panic =>
            {
                ExitCode::FAILURE
            }
            // It has been printed.
            How::TaskReturned(..)
            | How::TimedOut(..)
            | How::Lingers(_)
            | How::StandsStill(_)
            | How::Mistaken(_)
            // Also where a panic is meant, which may be just that.
            | How::NotHeld(_)
            | How::NoOrder(..) => resume_unwind(Box::new(report)),
        }
    }

    /// Runs a seed that failed again, if that tells anything.
    fn replay(
        &self,
        (seed, others, fixed): (u64, Range<u64>, Option<&FixedDecisions>),
        folder: Option<&Path>,
        failure: &Failure,
        telling: Telling,
    ) -> Replay {
        if is_rerun() {
            Replay::none("this is a rerun")
        } else if !self.reruns {
            Replay::none("the harness was told `reruns(false)`")
        } else if self.should_panic {
            Replay::none("the test is meant to panic")
        } else if self.test.is_program() {
            Replay::none("it is a program, which may do things that are to be done once")
        } else if self.clock != ClockKind::Paused {
            Replay::none("on the real clock no two runs are the same")
        } else {
            let subject = Subject {
                runner_name: &self.test.in_runner(),
                name: &self.test.path(),
                seed,
                folder,
                pinned: self.draws == Draws::Nothing,
                fixed,
            };
            replay(&subject, others, failure, telling)
        }
    }
}
