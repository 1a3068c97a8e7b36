//! A look from outside at runs that their time-out does not end: those that let no time pass on their
//! paused clock, those that leave no thread to look at a real one, and those that are over and leave
//! something behind that is not.
//!
//! Its own time is the number of times that it woke up by itself: a process that a debugger has stopped,
//! or a machine that sleeps, does not age.

use std::process;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::network::tasks::activity::Doing;
use crate::run::environment::Spin;
use crate::run::run_state::{Phase, RunState};
use crate::run::stuck::{Busy, HeldUp, Stuck, Why};

/// How long it sleeps at most.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// How long it waits at most for what is told at the end, as the test may hold what that takes.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// At how many looks in a row a report was not ready before that is told.
const LOOKS_FOR_A_REPORT: u32 = 10;

/// As the test runner does where a test fails.
const FAILED: i32 = 101;

/// What is told of a run that is stuck.
pub(crate) enum Notice {
    /// It is stuck: the whole report, for which the locks of its meshes are taken.
    Stuck,
    /// That report does not come.
    NoReport,
    /// The process is about to be ended.
    Ended,
}

type Tell = dyn Fn(&RunState, Stuck, Notice) + Send + Sync;

/// Watches the runs of one test. It ends when it is dropped.
pub(crate) struct Watchdog {
    watched: Arc<Watched>,
}

struct Watched {
    spin: Spin,
    tell: Arc<Tell>,
    exit: fn(),
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
    timeout: Duration,
    /// How far it had come when it was looked at last.
    seen: Seen,
    /// For how long it has not come on.
    lasts: Duration,
    told: Told,
    /// That one poll goes on, on a real clock, is told once as well.
    poll_told: bool,
}

#[derive(Debug, Default, PartialEq)]
struct Seen {
    phase: Option<Phase>,
    /// The time on a paused clock.
    time: Option<Instant>,
    /// How often its thread had waited.
    rests: u64,
}

/// Whether a run was told of.
enum Told {
    Not,
    /// The report is being made, and was not ready at so many looks.
    Begun(Receiver<()>, u32),
    Done,
    /// That it does not come was told instead.
    NoReport,
}

/// A run of which something is to be told now.
struct News {
    run: Arc<RunState>,
    runtime: Handle,
    stuck: Stuck,
    notice: Notice,
}

impl Watchdog {
    /// Tells of runs that are stuck, and ends the process, from threads of its own.
    pub(crate) fn new(
        spin: Spin,
        tell: impl Fn(&RunState, Stuck, Notice) + Send + Sync + 'static,
    ) -> Self {
        Self::with_exit(spin, tell, || process::exit(FAILED))
    }

    fn with_exit(
        spin: Spin,
        tell: impl Fn(&RunState, Stuck, Notice) + Send + Sync + 'static,
        exit: fn(),
    ) -> Self {
        let watched = Arc::new(Watched {
            spin,
            tell: Arc::new(tell),
            exit,
            runs: Mutex::default(),
            changed: Condvar::new(),
        });
        let watching = watched.clone();
        if !cfg!(miri) {
            // Without a thread there is no watchdog, and the test goes on without.
            let _ = named_thread().spawn(move || watching.watch());
        }
        Self { watched }
    }

    /// Watches a run on `runtime` for as long as the result lives.
    pub(crate) fn watch(
        &self,
        run: &Arc<RunState>,
        runtime: &Handle,
        timeout: Duration,
    ) -> Watching<'_> {
        let mut runs = self.watched.lock();
        runs.running.push(Running {
            run: Arc::downgrade(run),
            runtime: runtime.clone(),
            timeout,
            seen: Seen::default(),
            lasts: Duration::ZERO,
            told: Told::Not,
            poll_told: false,
        });
        Watching {
            watched: &self.watched,
            run: Arc::downgrade(run),
        }
    }
}

/// By the name of its thread a test knows which of its cases it is.
fn named_thread() -> thread::Builder {
    let test = thread::current().name().unwrap_or_default().to_owned();
    thread::Builder::new().name(test)
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

    fn watch(&self) {
        let step = (self.spin.told_after() / 4).min(LONGEST_SLEEP);
        let mut runs = self.lock();
        while !runs.over {
            let wait = self.changed.wait_timeout(runs, step);
            let (locked, slept) = wait.unwrap_or_else(PoisonError::into_inner);
            runs = locked;
            if !slept.timed_out() {
                continue;
            }
            let news: Vec<_> = runs
                .running
                .iter_mut()
                .filter_map(|run| run.look(self.spin, step))
                .collect();
            // Any of these runs may end while it is told of.
            drop(runs);
            for news in news {
                self.tell(news);
            }
            runs = self.lock();
        }
    }

    /// Tells of a run, from a thread of its own: what that takes may be in the hands of the test.
    fn tell(&self, news: News) {
        let (run, ends) = (
            Arc::downgrade(&news.run),
            matches!(news.notice, Notice::Ended),
        );
        let begins = matches!(news.notice, Notice::Stuck) && news.stuck.why != Why::OnePoll;
        let (done, is_done) = mpsc::channel();
        let tell = self.tell.clone();
        let thread = named_thread().spawn(move || {
            {
                let _clock_of_the_test = news.runtime.enter();
                tell(&news.run, news.stuck, news.notice);
            }
            let _ = done.send(());
        });
        if ends {
            if thread.is_ok() {
                let _ = is_done.recv_timeout(LAST_WORDS);
            }
            (self.exit)();
        } else if begins {
            let mut runs = self.lock();
            if let Some(running) = runs.running.iter_mut().find(|it| it.run.ptr_eq(&run)) {
                running.told = Told::Begun(is_done, 0);
            }
        }
    }
}

impl Running {
    /// What is to be told of the run after one more sleep.
    fn look(&mut self, spin: Spin, step: Duration) -> Option<News> {
        let run = self.run.upgrade()?;
        let now = self.now(&run);
        let did = run.look();
        let rested = now.rests - self.seen.rests;
        let came_on = (now.phase, now.time) != (self.seen.phase, self.seen.time);
        self.seen = now;
        let paused = run.journal.clock.is_paused();
        let why = match self.seen.phase {
            Some(Phase::Body) if paused => Why::NoTime,
            Some(Phase::Body) => Why::Overdue(self.timeout),
            _ => Why::Over,
        };
        let in_time = match self.seen.phase {
            Some(Phase::Body) if !paused => self.age(&run) <= self.timeout,
            // That has a time limit of its own.
            Some(Phase::DropsThreads) => true,
            _ => false,
        };
        self.lasts = if came_on || in_time {
            Duration::ZERO
        } else {
            self.lasts + step
        };
        let notice = self.notice(spin);
        let one_poll = did.iter().map(|did| step * did.looks).max();
        let one_poll = one_poll.unwrap_or_default();
        let (why, lasts, notice) = match notice {
            Some(notice) => (why, self.lasts, notice),
            None if !paused && !self.poll_told && one_poll >= spin.told_after() => {
                self.poll_told = true;
                (Why::OnePoll, one_poll, Notice::Stuck)
            }
            None => return None,
        };
        let dropped = did.iter().any(|it| it.doing == Doing::Dropped);
        let busy: Vec<_> = did.iter().map(|did| Busy::new(did, step)).collect();
        let held_up = match self.seen.phase {
            Some(Phase::DropsBody) if !dropped => HeldUp::BodyDropped,
            Some(Phase::DropsRuntime) if !dropped => HeldUp::RuntimeDropped,
            _ if !busy.is_empty() => HeldUp::Busy(busy),
            _ if run.is_resting() && rested <= most_timers(step) => HeldUp::Blocking,
            _ => HeldUp::Elsewhere,
        };
        Some(News {
            runtime: self.runtime.clone(),
            stuck: Stuck {
                why,
                lasts,
                held_up,
                end: spin.ended_after(),
            },
            run,
            notice,
        })
    }

    fn now(&self, run: &RunState) -> Seen {
        let _clock_of_the_test = self.runtime.enter();
        Seen {
            phase: Some(run.phase()),
            time: run.journal.clock.is_paused().then(Instant::now),
            rests: run.rests(),
        }
    }

    /// How old it is on the clock of the test.
    fn age(&self, run: &RunState) -> Duration {
        let _clock_of_the_test = self.runtime.enter();
        run.journal.clock.began().elapsed()
    }

    fn notice(&mut self, spin: Spin) -> Option<Notice> {
        if spin.ended_after().is_some_and(|end| self.lasts >= end) {
            return Some(Notice::Ended);
        }
        if self.lasts < spin.told_after() {
            return None;
        }
        match &mut self.told {
            Told::Not => {
                self.told = Told::Done;
                return Some(Notice::Stuck);
            }
            Told::Begun(report, looks) => match report.try_recv() {
                Err(TryRecvError::Empty) if *looks < LOOKS_FOR_A_REPORT => *looks += 1,
                Err(TryRecvError::Empty) => {
                    self.told = Told::NoReport;
                    return Some(Notice::NoReport);
                }
                Ok(()) | Err(TryRecvError::Disconnected) => self.told = Told::Done,
            },
            Told::Done | Told::NoReport => {}
        }
        None
    }
}

/// How often a thread that waits for a clock that stands still wakes up within this time: it waits for
/// the next timer, which is a millisecond away or more, and finds that it is not due.
fn most_timers(time: Duration) -> u64 {
    2 * u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::Sender;

    use super::*;
    use crate::decision::chaos::draws::ChaosOfRun;
    use crate::trace::clock::ClockKind;

    /// Told of after 40 ms, ended after 400 ms.
    const SHORT: Spin = Spin::after(Duration::from_millis(400));

    type Told = (u64, &'static str, Stuck);

    fn telling(told: Sender<Told>) -> impl Fn(&RunState, Stuck, Notice) + Send + Sync + 'static {
        move |run, stuck, notice| {
            let notice = match notice {
                Notice::Stuck => "stuck",
                Notice::NoReport => "no report",
                Notice::Ended => "ended",
            };
            let _ = told.send((run.seed, notice, stuck));
        }
    }

    /// Watches a run on `clock` while `test` goes on.
    fn watch(
        clock: ClockKind,
        spin: Spin,
        exit: fn(),
        test: impl FnOnce(&RunState, &Receiver<Told>),
    ) {
        let (told, tells) = mpsc::channel();
        let dog = Watchdog::with_exit(spin, telling(told), exit);
        let run = Arc::new(RunState::new(
            clock,
            (17, None),
            None,
            ChaosOfRun::default(),
        ));
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime
            .enable_time()
            .start_paused(clock == ClockKind::Paused);
        runtime.build().unwrap().block_on(async {
            let _watched = dog.watch(&run, &Handle::current(), Duration::from_secs(60));
            test(&run, &tells);
        });
        drop(dog);
        assert!(
            tells.iter().all(|it| it.1 != "stuck"),
            "the watchdog has gone"
        );
    }

    #[test]
    fn a_run_that_lets_no_time_pass_is_told_of_once_and_ended() {
        static EXITS: AtomicUsize = AtomicUsize::new(0);
        let exit = || {
            EXITS.fetch_add(1, Ordering::Relaxed);
        };
        watch(ClockKind::Paused, SHORT, exit, |_run, tells| {
            let (seed, notice, stuck) = tells.recv().unwrap();
            assert_eq!((seed, notice, stuck.why), (17, "stuck", Why::NoTime));
            assert_eq!(stuck.held_up, HeldUp::Elsewhere);
            let (_, notice, stuck) = tells.recv().unwrap();
            assert_eq!((notice, stuck.why), ("ended", Why::NoTime));
        });
        assert!(EXITS.load(Ordering::Relaxed) > 0);
    }

    #[test]
    fn its_threads_are_called_as_that_of_the_test_whose_case_it_tells() {
        let test = thread::Builder::new().name("ships::case_1".to_owned());
        let watched = test.spawn(|| {
            let (told, tells) = mpsc::channel();
            let tell = move |_: &RunState, _, _| {
                let thread = thread::current();
                told.send(thread.name().map(str::to_owned)).unwrap();
            };
            let dog = Watchdog::with_exit(SHORT, tell, || {});
            let run = Arc::new(RunState::new(
                ClockKind::Paused,
                (0, None),
                None,
                ChaosOfRun::default(),
            ));
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_time().start_paused(true).build().unwrap();
            runtime.block_on(async {
                let _watched = dog.watch(&run, &Handle::current(), Duration::from_secs(60));
                tells.recv().unwrap()
            })
        });
        let name = watched.unwrap().join().unwrap();
        assert_eq!(name.as_deref(), Some("ships::case_1"));
    }

    #[test]
    fn a_run_that_goes_on_is_not_told_of() {
        let spin = Spin::after(Duration::from_secs(10));
        let (told, tells) = mpsc::channel();
        let dog = Watchdog::with_exit(spin, telling(told), || {});
        let run = Arc::new(RunState::new(
            ClockKind::Paused,
            (0, None),
            None,
            ChaosOfRun::default(),
        ));
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let _watched = dog.watch(&run, &Handle::current(), Duration::from_secs(60));
            for _ in 0..15 {
                tokio::time::advance(Duration::from_millis(1)).await;
                assert!(tells.recv_timeout(spin.told_after() / 10).is_err());
            }
        });
    }

    #[test]
    fn a_run_that_waits_for_long_on_a_real_clock_is_not_told_of() {
        for clock in [ClockKind::Real, ClockKind::MultiThread(None)] {
            watch(
                clock,
                SHORT,
                || {},
                |run, tells| {
                    run.idle();
                    assert!(tells.recv_timeout(5 * SHORT.told_after()).is_err());
                },
            );
        }
    }
}
