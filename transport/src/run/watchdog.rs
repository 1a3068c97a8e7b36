//! A look from outside at runs that go on for ever without waiting: they stop their own clock, and
//! with it their time-out.

use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::run::state::RunState;

/// After so long on the wall clock, in which a test let no time pass on its own, it is told of.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Watches the runs of one test. It ends when it is dropped.
pub(crate) struct Watchdog {
    watched: Arc<Watched>,
}

struct Watched {
    runs: Mutex<Runs>,
    changed: Condvar,
}

#[derive(Default)]
struct Runs {
    running: Vec<Running>,
    over: bool,
}

/// One run, while it goes on.
struct Running {
    run: Weak<RunState>,
    /// By which the clock of the test is read.
    runtime: Handle,
    /// How often it had waited, and since when it has not waited again.
    seen: (Option<u64>, Instant),
    told: bool,
}

impl Watchdog {
    /// Tells, from a thread of its own, of each run that lets no time pass for as long as `patience`.
    pub(crate) fn new(patience: Duration, tell: impl Fn(&RunState) + Send + 'static) -> Self {
        let watched = Arc::new(Watched {
            runs: Mutex::default(),
            changed: Condvar::new(),
        });
        let watching = watched.clone();
        // By its name a test knows which of its cases it is.
        let test = thread::current().name().unwrap_or_default().to_owned();
        let thread = thread::Builder::new().name(test);
        if !cfg!(miri) {
            // Without a thread there is no watchdog, and the test goes on without.
            let _ = thread.spawn(move || watching.watch(patience, &tell));
        }
        Self { watched }
    }

    /// Watches a run on `runtime` for as long as the result lives.
    pub(crate) fn watch(&self, run: &Arc<RunState>, runtime: &Handle) -> Watching<'_> {
        let mut runs = self.watched.lock();
        runs.running.push(Running {
            run: Arc::downgrade(run),
            runtime: runtime.clone(),
            seen: (run.rests(), Instant::now()),
            told: false,
        });
        Watching {
            watched: &self.watched,
            run: Arc::downgrade(run),
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.watched.lock().over = true;
        self.watched.changed.notify_one();
    }
}

/// A run that is watched.
pub(crate) struct Watching<'a> {
    watched: &'a Watched,
    run: Weak<RunState>,
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        let mut runs = self.watched.lock();
        runs.running.retain(|run| !run.run.ptr_eq(&self.run));
    }
}

impl Watched {
    fn lock(&self) -> std::sync::MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, patience: Duration, tell: &dyn Fn(&RunState)) {
        let mut runs = self.lock();
        while !runs.over {
            let wait = self.changed.wait_timeout(runs, patience / 4);
            runs = wait.unwrap_or_else(PoisonError::into_inner).0;
            let stuck: Vec<_> = runs
                .running
                .iter_mut()
                .filter_map(|run| run.stuck(patience))
                .collect();
            // The run may end while it is told of.
            drop(runs);
            for (run, runtime) in stuck {
                let _clock_of_the_test = runtime.enter();
                tell(&run);
            }
            runs = self.lock();
        }
    }
}

impl Running {
    /// The run of a run that is to be told of now.
    fn stuck(&mut self, patience: Duration) -> Option<(Arc<RunState>, Handle)> {
        let run = self.run.upgrade()?;
        let rests = run.rests();
        if rests.is_none() || self.seen.0 != rests {
            self.seen = (rests, Instant::now());
        }
        if self.told || self.seen.1.elapsed() < patience {
            return None;
        }
        self.told = true;
        Some((run, self.runtime.clone()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::trace::clock::ClockKind;

    fn runtime() -> tokio::runtime::Runtime {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    }

    #[test]
    fn a_run_that_lets_no_time_pass_is_told_of_once() {
        let (told, tells) = mpsc::channel();
        let patience = Duration::from_millis(20);
        let dog = Watchdog::new(patience, move |run| {
            told.send(run.seed).unwrap();
        });
        let run = Arc::new(RunState::new(ClockKind::Paused, 17, None));
        runtime().block_on(async {
            let _watched = dog.watch(&run, &Handle::current());
            assert_eq!(tells.recv(), Ok(17));
            // Many times as long as it took to be told of at first.
            assert!(tells.recv_timeout(5 * patience).is_err());
        });
        drop(dog);
        assert!(tells.recv().is_err(), "the watchdog has gone");
    }

    #[test]
    fn its_thread_is_called_as_that_of_the_test_whose_case_it_tells() {
        let test = thread::Builder::new().name("ships::case_1".to_owned());
        let watched = test.spawn(|| {
            let (told, tells) = mpsc::channel();
            let dog = Watchdog::new(Duration::from_millis(20), move |_| {
                let thread = thread::current();
                told.send(thread.name().map(str::to_owned)).unwrap();
            });
            let run = Arc::new(RunState::new(ClockKind::Paused, 0, None));
            runtime().block_on(async {
                let _watched = dog.watch(&run, &Handle::current());
                tells.recv().unwrap()
            })
        });
        let name = watched.unwrap().join().unwrap();
        assert_eq!(name.as_deref(), Some("ships::case_1"));
    }

    #[test]
    fn a_run_that_goes_on_is_not_told_of() {
        let (told, tells) = mpsc::channel();
        let patience = Duration::from_secs(1);
        let dog = Watchdog::new(patience, move |_| told.send(()).unwrap());
        let run = Arc::new(RunState::new(ClockKind::Paused, 0, None));
        runtime().block_on(async {
            let _watched = dog.watch(&run, &Handle::current());
            for _ in 0..15 {
                run.idle();
                run.unparked();
                assert!(tells.recv_timeout(patience / 10).is_err());
            }
        });
    }

    #[test]
    fn a_run_that_waits_for_long_is_not_told_of() {
        let (told, tells) = mpsc::channel();
        let patience = Duration::from_millis(20);
        let dog = Watchdog::new(patience, move |_| told.send(()).unwrap());
        for clock in [ClockKind::Real, ClockKind::MultiThread(None)] {
            let run = Arc::new(RunState::new(clock, 0, None));
            runtime().block_on(async {
                let _watched = dog.watch(&run, &Handle::current());
                run.idle();
                assert!(tells.recv_timeout(5 * patience).is_err());
            });
        }
    }
}
