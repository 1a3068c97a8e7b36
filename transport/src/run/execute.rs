//! One run of a test, with one seed: in a runtime and on a clock of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::{Sleep, sleep_until};

use crate::decision::chaos::draws::ChaosOfRun;
use crate::decision::choice::FixedDecisions;
use crate::decision::matcher::Matcher;
use crate::millis::millis;
use crate::network::inbox::node::Node;
use crate::network::tasks::activity::Doing;
use crate::run::coverage::Coverage;
use crate::run::failure::{Failure, How};
use crate::run::inert::Exposure;
use crate::run::properties::Polled;
use crate::run::rerun::Rerun;
use crate::run::run::Run;
use crate::run::run_state::{Phase, RunState};
use crate::run::watchdog::Watchdog;
use crate::trace::clock::ClockKind;
use crate::trace::recording::Recording;

/// How long a test that passed on several threads waits at most for what it left behind.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends an observation when it is dropped.
struct Released<'a>(&'a RunState);

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// A test body, without its type. What it returns has been reported.
pub(crate) type Body = Pin<Box<dyn Future<Output = ExitCode>>>;

/// How a run is to go, whatever its seed.
pub(crate) struct Settings<'a> {
    pub(crate) clock: ClockKind,
    pub(crate) timeout: Duration,
    /// Whether nothing is drawn.
    pub(crate) pinned: bool,
    /// Whether the test has a sweep of seeds, though the environment may have narrowed it.
    pub(crate) swarm: bool,
    pub(crate) keep: Keep,
    /// In a rerun, what it is to do.
    pub(crate) rerun: Option<&'a Rerun>,
    pub(crate) watchdog: &'a Watchdog,
}

/// What to keep of a run that passes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keep {
    /// What happened.
    pub(crate) recordings: bool,
    /// How much befell its meshes.
    pub(crate) coverage: bool,
}

/// What is left of a run that passed, or of many.
#[derive(Default)]
pub(crate) struct Passed {
    /// What its faults met.
    pub(crate) exposures: Vec<Exposure>,
    pub(crate) coverage: Coverage,
    /// What happened in its meshes, if that was to be kept.
    pub(crate) recordings: Vec<Recording>,
    /// What the nodes of each have done, in that case.
    pub(crate) nodes: Vec<Vec<Node>>,
}

impl Passed {
    /// Adds one more run, but for what happened in it.
    pub(crate) fn add(&mut self, more: Self) {
        Exposure::add_all(&mut self.exposures, more.exposures);
        self.coverage.add(&more.coverage);
    }
}

/// How a run ended.
pub(crate) type Ended = Result<Passed, Box<Failure>>;

/// Runs a body to its end. Not generic: this is compiled once, not once per test.
///
/// The run takes the decisions of `fixed`, and draws none of them.
pub(crate) fn run(
    settings: &Settings<'_>,
    (seed, fixed): (u64, Option<FixedDecisions>),
    body: &dyn Fn(&Run) -> Body,
) -> Ended {
    let &Settings {
        clock,
        timeout,
        pinned,
        swarm,
        mut keep,
        rerun,
        watchdog,
    } = settings;
    keep.recordings |= rerun.is_some_and(Rerun::is_full);
    let began = Instant::now();
    let chaos = ChaosOfRun {
        timeout: millis(timeout),
        swarm,
    };
    let simplest = || pinned.then(FixedDecisions::default);
    let fixed = fixed.or_else(simplest).map(|it| Arc::new(Matcher::new(it)));
    let state = Arc::new(RunState::new(clock, (seed, fixed), rerun.cloned(), chaos));
    // On every way out, or mesh and state would keep each other alive.
    let _released = Released(&state);
    let runtime = runtime(clock, seed, &state);
    let run = Run {
        state: state.clone(),
    };
    // To the end of what a test that passed leaves behind, which may spin as the test may.
    let _watched = watchdog.watch(&state, runtime.handle(), timeout);
    let ended = runtime.block_on(async {
        state.journal.clock.began();
        let set_up = {
            let _does = state.body_activity().does(Doing::Polled);
            catch_unwind(AssertUnwindSafe(|| body(&run)))
        };
        let body = set_up.map_err(|panic| failed(&state, How::Panicked(panic)))?;
        let mut guarded = Guarded {
            body,
            timeout: Box::pin(tokio::time::sleep(timeout)),
            limit: timeout,
            alarm: None,
            known: false,
            keep,
            state: &state,
        };
        let ended = std::future::poll_fn(|cx| guarded.poll(cx)).await;
        state.comes_to(Phase::DropsBody);
        // A destructor that panics does not hide what went before.
        match catch_unwind(AssertUnwindSafe(|| drop(guarded))) {
            Err(panic) if ended.is_ok() => Err(failed(&state, How::Panicked(panic))),
            _ => ended,
        }
    });
    let ended = match ended {
        Ok(passed) => {
            let over = shut_down(runtime, &state, timeout.min(PATIENCE));
            // A task that was left over may have panicked as it was dropped.
            match (over, state.task_failure()) {
                (_, Some(failure)) => Err(failure),
                (Err(how), None) => Err(failed(&state, how)),
                (Ok(()), None) => Ok(passed),
            }
        }
        Err(failure) => {
            // A task that never yields, or blocks, may be why it failed, and must not hide that.
            runtime.shutdown_background();
            Err(failure)
        }
    };
    ended.map_err(|failure| {
        let took = began.elapsed();
        Box::new(Failure { took, ..failure })
    })
}

/// Drops the runtime of a test that passed. On several threads a task may not let itself be dropped.
fn shut_down(runtime: Runtime, state: &RunState, patience: Duration) -> Result<(), How> {
    if !state.journal.clock.is_multi_thread() {
        state.comes_to(Phase::DropsRuntime);
        // Not the same on one thread: that would drop its tasks after it has waited for threads,
        // which may wait for just that.
        drop(runtime);
        return Ok(());
    }
    state.comes_to(Phase::DropsThreads);
    let began = Instant::now();
    runtime.shutdown_timeout(patience);
    if began.elapsed() < patience {
        Ok(())
    } else {
        Err(How::Lingers(patience))
    }
}

fn failed(state: &RunState, how: How) -> Failure {
    let returned = matches!(how, How::Returned(_) | How::Lingers(_));
    // Otherwise it would be the place of a panic that the test has caught.
    let panicked = matches!(how, How::Panicked(_));
    Failure {
        how,
        place: state.place().filter(|_| panicked),
        took: Duration::ZERO,
        snapshot: state.snapshot(returned),
    }
}

/// A body that is watched while it runs.
struct Guarded<'a> {
    body: Body,
    timeout: Pin<Box<Sleep>>,
    limit: Duration,
    /// When episodes are to begin or end next.
    alarm: Option<Pin<Box<Sleep>>>,
    /// Whether the state knows whom to wake.
    known: bool,
    keep: Keep,
    state: &'a RunState,
}

impl Guarded<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Passed, Failure>> {
        // The same waker as long as the runtime blocks on this.
        if !std::mem::replace(&mut self.known, true) {
            self.state.set_test(cx.waker());
        }
        // The test may have moved the clock when it was last polled.
        self.state.journal.clock.moved();
        // Before the body is polled, which may be waiting for that very task.
        if let Some(failure) = self.failed_elsewhere() {
            return Poll::Ready(Err(failure));
        }
        // Before the body is polled, which nobody may have woken: it would get by on this. And
        // while it lives, as nobody would be waiting any more once it is dropped.
        if self.timeout.as_mut().poll(cx).is_ready() {
            let paused = self.state.journal.clock.is_paused();
            return Poll::Ready(Err(self.failed(How::TimedOut(self.limit, paused))));
        }
        if let Some(failure) = self.advance(false, cx) {
            return Poll::Ready(Err(failure));
        }
        let body = &mut self.body;
        self.state.body_begins();
        // The body is not polled again after a panic, so nothing broken can be seen.
        let polled = {
            let _does = self.state.body_activity().does(Doing::Polled);
            catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(cx)))
        };
        let ended = match polled {
            Ok(Poll::Pending) => None,
            Ok(Poll::Ready(ExitCode::SUCCESS)) => Some(Ok(())),
            Ok(Poll::Ready(code)) => Some(Err(self.failed(How::Returned(code)))),
            Err(panic) => Some(Err(self.failed(How::Panicked(panic)))),
        };
        self.state.body_rests(matches!(ended, None | Some(Ok(()))));
        if matches!(ended, None | Some(Ok(()))) {
            self.state.ask(Polled::Body);
        }
        match ended {
            None => match self.advance(true, cx) {
                None => Poll::Pending,
                Some(failure) => Poll::Ready(Err(failure)),
            },
            Some(Err(failure)) => Poll::Ready(Err(failure)),
            // And after it, on several threads.
            Some(Ok(())) => {
                Poll::Ready(match self.failed_elsewhere().or_else(|| self.disorder()) {
                    Some(failure) => Err(failure),
                    None => Ok(self.passed()),
                })
            }
        }
    }

    /// Lets episodes begin and end that are due, and sees to it that this is polled when the next one is. Chaos
    /// begins where the body `waits`. How the run has failed in that, if it has.
    #[inline]
    fn advance(&mut self, waits: bool, cx: &mut Context<'_>) -> Option<Failure> {
        if self.state.attends() {
            self.advance_meshes(waits, cx)
        } else {
            None
        }
    }

    #[cold]
    fn advance_meshes(&mut self, waits: bool, cx: &mut Context<'_>) -> Option<Failure> {
        let meshes = self.state.meshes();
        let clock = &self.state.journal.clock;
        loop {
            let mut mistake = None;
            // Code of the test runs in this: destructors of what crashes, and who tells the target.
            let advanced = catch_unwind(AssertUnwindSafe(|| {
                for mesh in &meshes {
                    if waits {
                        mistake = mistake.take().or(mesh.begin_chaos().err());
                    }
                    mesh.advance();
                }
            }));
            if let Err(panic) = advanced {
                return Some(self.failed(How::Panicked(panic)));
            }
            if let Some(mistake) = mistake {
                return Some(self.failed(How::Mistaken(mistake)));
            }
            let Some(due) = meshes.iter().filter_map(|mesh| mesh.next_due()).min() else {
                self.alarm = None;
                return None;
            };
            let at = clock.began() + Duration::from_millis(due);
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(at)));
            if alarm.deadline() != at {
                alarm.as_mut().reset(at);
            }
            if alarm.as_mut().poll(cx).is_pending() {
                return None;
            }
            clock.moved();
        }
    }

    fn passed(&self) -> Passed {
        let mut passed = Passed {
            exposures: self.state.exposures(),
            ..Passed::default()
        };
        if self.keep.coverage {
            passed.coverage = self.state.coverage();
        }
        if self.keep.recordings {
            let meshes = self.state.meshes();
            passed.nodes = meshes.iter().map(|it| it.nodes()).collect();
            let recordings = meshes.iter().map(|it| it.recording());
            passed.recordings = recordings
                .map(|mut recording| {
                    recording.leave_out_the_end();
                    recording
                })
                .collect();
        }
        passed
    }

    /// How a task of a shard has failed the run, or the run stands still.
    fn failed_elsewhere(&self) -> Option<Failure> {
        if let Some(failure) = self.state.task_failure() {
            return Some(failure);
        }
        let told = self.state.stands_still()?.clone();
        Some(self.failed(How::StandsStill(told)))
    }

    /// How a history has failed the run: nothing else has.
    fn disorder(&self) -> Option<Failure> {
        let (told, asked) = self.state.disorder()?;
        let place = format!("history at {asked}");
        Some(Failure {
            place: Some(place),
            ..self.failed(How::NoOrder(told, asked))
        })
    }

    fn failed(&self, how: How) -> Failure {
        failed(self.state, how)
    }
}

#[cfg_attr(
    not(tokio_unstable),
    allow(unused_variables, reason = "the seed of the runtime's own generator")
)]
fn runtime(clock: ClockKind, seed: u64, state: &Arc<RunState>) -> Runtime {
    let mut builder = match clock {
        ClockKind::Paused | ClockKind::Real => Builder::new_current_thread(),
        ClockKind::MultiThread(_) => Builder::new_multi_thread(),
    };
    match clock {
        ClockKind::Paused => {
            builder.start_paused(true);
        }
        ClockKind::MultiThread(Some(threads)) => {
            builder.worker_threads(threads.get());
        }
        ClockKind::Real | ClockKind::MultiThread(None) => {}
    }
    // Which decides, among other things, which branch of a `select!` is polled first.
    #[cfg(tokio_unstable)]
    builder.rng_seed(tokio::runtime::RngSeed::from_bytes(&seed.to_le_bytes()));
    let unparked = state.clone();
    builder.on_thread_unpark(move || unparked.unparked());
    if !state.journal.clock.is_multi_thread() {
        let idle = state.clone();
        builder.on_thread_park(move || idle.idle());
    }
    builder
        .enable_all()
        .build()
        .expect("a runtime for the test")
}
