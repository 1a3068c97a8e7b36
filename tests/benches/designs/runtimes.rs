//! Where a workload runs: on a runtime as `#[tokio::test]` makes it, or on that of a [`Harness`]
//! as the attribute makes it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use shard_mesh::{Harness, Run};
use tokio::runtime::Builder;

/// How many threads run the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    One,
    Two,
}

/// Runs `work` on a runtime of tokio's.
pub(crate) fn plain<T>(threads: Threads, work: impl Future<Output = T>) -> T {
    let mut builder = match threads {
        Threads::One => Builder::new_current_thread(),
        Threads::Two => Builder::new_multi_thread(),
    };
    if threads == Threads::Two {
        builder.worker_threads(2);
    }
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(work)
}

type Job = Box<dyn FnOnce(&Run) -> Box<dyn Future<Output = ()>>>;

thread_local! {
    /// What the harness is to run. It takes a function without captures.
    static JOB: RefCell<Option<Job>> = const { RefCell::new(None) };
}

/// Runs the work that `set_up` makes as the attribute runs a test: on a paused clock if there is
/// one thread, with a log of the meshes that `set_up` has the run watch.
pub(crate) fn harnessed<F>(threads: Threads, set_up: impl FnOnce(&Run) -> F + 'static) -> Duration
where
    F: Future<Output = Duration> + 'static,
{
    let harness = Harness::new(module_path!(), "workload");
    let harness = match threads {
        Threads::One => harness,
        Threads::Two => harness.worker_threads(2),
    };
    harnessed_by(harness, set_up)
}

/// The same with a harness of one's own.
pub(crate) fn harnessed_by<F>(
    harness: Harness,
    set_up: impl FnOnce(&Run) -> F + 'static,
) -> Duration
where
    F: Future<Output = Duration> + 'static,
{
    let took = Rc::new(Cell::new(Duration::ZERO));
    let slot = took.clone();
    JOB.set(Some(Box::new(move |run| {
        let work = set_up(run);
        Box::new(async move { slot.set(work.await) })
    })));
    let _ = harness.run(|run| JOB.take().expect("the job that was just set")(run));
    took.get()
}
