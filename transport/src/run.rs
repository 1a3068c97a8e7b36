//! One run of a test, with one seed: in a runtime and on a clock of its own.

use std::fmt::{self, Debug};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::Sleep;

use crate::InProcessTransportFactory;
use crate::failure::{Failure, Findings, How};
use crate::inert::Exposure;
use crate::observer::Observer;
use crate::replay::Orders;
use crate::timeline::Recording;
use crate::watchdog::{PATIENCE, Watchdog};

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

/// One run of a test, as its [`Harness`](crate::Harness) hands it to the closure that sets the test up.
#[derive(Clone)]
pub struct Run {
    observer: Arc<Observer>,
}

impl Run {
    /// Hands the mesh of `factory` to the harness, to be reported on when the test fails, and
    /// gives the factory back. Without this a mesh works, but the reports know nothing of it.
    ///
    /// See [`Harness`](crate::Harness) for an example.
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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

/// A test body, without its type. What it returns has been reported.
pub(crate) type Body = Pin<Box<dyn Future<Output = ExitCode>>>;

/// How a run is to go, whatever its seed.
pub(crate) struct Settings<'a> {
    pub(crate) clock: Clock,
    pub(crate) timeout: Duration,
    /// Whether to keep what happened in a run that passes.
    pub(crate) keep: bool,
    /// In a rerun, what it is to do.
    pub(crate) orders: Option<&'a Arc<Orders>>,
    pub(crate) watchdog: &'a Watchdog,
}

/// What is left of a run that passed.
pub(crate) struct Passed {
    /// What its faults met.
    pub(crate) exposures: Vec<Exposure>,
    /// What happened in its meshes, if that was to be kept.
    pub(crate) recordings: Vec<Recording>,
}

impl Passed {
    pub(crate) fn of(exposures: Vec<Exposure>) -> Self {
        Self {
            exposures,
            recordings: Vec::new(),
        }
    }
}

/// How a run ended.
pub(crate) type Ended = Result<Passed, Box<Failure>>;

/// Runs a body to its end. Not generic: this is compiled once, not once per test.
pub(crate) fn run(settings: &Settings<'_>, seed: u64, body: &dyn Fn(&Run) -> Body) -> Ended {
    let &Settings {
        clock,
        timeout,
        keep,
        orders,
        watchdog,
    } = settings;
    let began = Instant::now();
    let observer = Arc::new(Observer::new(clock, seed, orders.cloned()));
    // On every way out, or mesh and observer would keep each other alive.
    let _released = Released(&observer);
    let runtime = runtime(clock, &observer);
    let run = Run {
        observer: observer.clone(),
    };
    // To the end of what a test that passed leaves behind, which may spin as the test may.
    let _watched = watchdog.watch(&observer, runtime.handle());
    let ended = runtime.block_on(async {
        observer.began();
        let set_up = catch_unwind(AssertUnwindSafe(|| body(&run)));
        let body = set_up.map_err(|panic| failed(&observer, How::Panicked(panic)))?;
        let mut guarded = Guarded {
            body,
            timeout: Box::pin(tokio::time::sleep(timeout)),
            limit: timeout,
            known: false,
            keep: keep || orders.is_some_and(|it| it.wants_labels()),
            observer: &observer,
        };
        let ended = std::future::poll_fn(|cx| guarded.poll(cx)).await;
        // A destructor that panics does not hide what went before.
        match catch_unwind(AssertUnwindSafe(|| drop(guarded))) {
            Err(panic) if ended.is_ok() => Err(failed(&observer, How::Panicked(panic))),
            _ => ended,
        }
    });
    let ended = match ended {
        Ok(passed) => {
            let over = shut_down(runtime, clock, timeout.min(PATIENCE));
            over.map_err(|how| failed(&observer, how)).map(|()| passed)
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
fn shut_down(runtime: Runtime, clock: Clock, patience: Duration) -> Result<(), How> {
    if !matches!(clock, Clock::MultiThread(_)) {
        // Not the same on one thread: that would drop its tasks after it has waited for threads,
        // which may wait for just that.
        drop(runtime);
        return Ok(());
    }
    let began = Instant::now();
    runtime.shutdown_timeout(patience);
    if began.elapsed() < patience {
        Ok(())
    } else {
        Err(How::Lingers(patience))
    }
}

fn failed(observer: &Observer, how: How) -> Failure {
    let returned = matches!(how, How::Returned(_) | How::Lingers(_));
    // Otherwise it would be the place of a panic that the test has caught.
    let panicked = matches!(how, How::Panicked(_));
    Failure {
        how,
        place: observer.place().filter(|_| panicked),
        took: Duration::ZERO,
        findings: Findings::of(observer, returned),
    }
}

/// A body that is watched while it runs.
struct Guarded<'a> {
    body: Body,
    timeout: Pin<Box<Sleep>>,
    limit: Duration,
    /// Whether the observer knows whom to wake.
    known: bool,
    keep: bool,
    observer: &'a Observer,
}

impl Guarded<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Passed, Failure>> {
        // The same waker as long as the runtime blocks on this.
        if !std::mem::replace(&mut self.known, true) {
            self.observer.set_test(cx.waker());
        }
        // The test may have moved the clock when it was last polled.
        self.observer.moved();
        // Before the body is polled, which may be waiting for that very task.
        if let Some(failure) = self.task_panicked() {
            return Poll::Ready(Err(failure));
        }
        // Before the body is polled, which nobody may have woken: it would get by on this. And
        // while it lives, as nobody would be waiting any more once it is dropped.
        if self.timeout.as_mut().poll(cx).is_ready() {
            let paused = self.observer.is_paused();
            return Poll::Ready(Err(self.failed(How::TimedOut(self.limit, paused))));
        }
        let body = &mut self.body;
        self.observer.body_begins();
        // The body is not polled again after a panic, so nothing broken can be seen.
        let polled = catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(cx)));
        let ended = match polled {
            Ok(Poll::Pending) => None,
            Ok(Poll::Ready(ExitCode::SUCCESS)) => Some(Ok(())),
            Ok(Poll::Ready(code)) => Some(Err(self.failed(How::Returned(code)))),
            Err(panic) => Some(Err(self.failed(How::Panicked(panic)))),
        };
        self.observer
            .body_rests(matches!(ended, None | Some(Ok(()))));
        match ended {
            None => Poll::Pending,
            Some(Err(failure)) => Poll::Ready(Err(failure)),
            // And after it, on several threads.
            Some(Ok(())) => Poll::Ready(match self.task_panicked() {
                Some(failure) => Err(failure),
                None => Ok(self.passed()),
            }),
        }
    }

    fn passed(&self) -> Passed {
        let mut passed = Passed::of(self.observer.exposures());
        if self.keep {
            let meshes = self.observer.meshes();
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

    fn task_panicked(&self) -> Option<Failure> {
        let (shard, panic, place) = self.observer.task_panic()?;
        let failure = self.failed(How::TaskPanicked(shard, panic));
        Some(Failure { place, ..failure })
    }

    fn failed(&self, how: How) -> Failure {
        failed(self.observer, how)
    }
}

fn runtime(clock: Clock, observer: &Arc<Observer>) -> Runtime {
    let mut builder = match clock {
        Clock::Paused | Clock::Real => Builder::new_current_thread(),
        Clock::MultiThread(_) => Builder::new_multi_thread(),
    };
    match clock {
        Clock::Paused => {
            builder.start_paused(true);
        }
        Clock::MultiThread(Some(threads)) => {
            builder.worker_threads(threads.get());
        }
        Clock::Real | Clock::MultiThread(None) => {}
    }
    let unparked = observer.clone();
    builder.on_thread_unpark(move || unparked.unparked());
    if observer.tells_idle() {
        let idle = observer.clone();
        builder.on_thread_park(move || idle.idle());
    }
    builder
        .enable_all()
        .build()
        .expect("a runtime for the test")
}
