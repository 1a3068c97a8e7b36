//! Tasks that belong to a shard: their panics are the test's.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, Run, ShardId};
use tokio::task::JoinHandle;

use crate::support::{ms, run_all};

/// What a test says that fails.
pub(crate) fn failure(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = catch_unwind(test).expect_err("the test passed");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&str>().expect("a message")).to_owned(),
    }
}

/// Two shards that are wired both ways.
pub(crate) fn pair(run: &Run) -> (Endpoint<u64>, Endpoint<u64>, Mesh<u64>) {
    let factory = run.watch(InProcessTransportFactory::new());
    let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    factory.connect(ShardId(1), ShardId(0));
    (a, b, factory.mesh())
}

#[test]
fn the_panic_of_a_task_is_that_of_the_test() {
    let message = failure(|| {
        Harness::new("faults", "a").run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                let _alive = a;
                mesh.spawn(1, async { panic!("its own words") });
                b.recv_segment().await;
            })
        });
    });
    assert_eq!(message, "its own words");
}

#[test]
fn the_panic_of_a_task_is_that_of_the_test_which_awaits_and_unwraps_it() {
    let message = failure(|| {
        Harness::new("faults", "b").run(|run| {
            let (_a, _b, mesh) = pair(run);
            Box::new(async move {
                let task = mesh.spawn(1, async { panic!("its own words") });
                task.await.unwrap();
            })
        });
    });
    assert_eq!(message, "its own words");
}

#[test]
fn the_panic_of_a_task_is_that_of_the_test_on_several_threads() {
    let message = failure(|| {
        let harness = Harness::new("faults", "c").worker_threads(2);
        harness.run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                let _alive = a;
                mesh.spawn(1, async { panic!("its own words") });
                b.recv_segment().await;
            })
        });
    });
    assert_eq!(message, "its own words");
}

#[test]
fn the_first_of_two_panics_counts() {
    let message = failure(|| {
        Harness::new("faults", "d").run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                let _alive = a;
                mesh.spawn(1, async { panic!("first") });
                mesh.spawn(0, async { panic!("second") });
                b.recv_segment().await;
            })
        });
    });
    assert_eq!(message, "first");
}

#[test]
fn a_panic_in_the_drop_of_a_crashed_task_is_not_swallowed() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(std::thread::panicking(), "dropped");
        }
    }
    let message = failure(|| {
        Harness::new("faults", "e").run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                let _alive = a;
                mesh.spawn(1, async move {
                    let _bomb = Bomb;
                    b.recv_segment().await;
                });
                run_all().await;
                mesh.crash(1);
            })
        });
    });
    assert_eq!(message, "dropped");
}

/// Panics when it is dropped.
struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "{}", self.0);
    }
}

/// Runs for ever, and owns `what`.
async fn owns<T>(what: T) {
    let _what = what;
    std::future::pending::<()>().await;
}

#[test]
fn a_task_that_panics_when_it_is_dropped_spares_no_other_task_of_its_shard() {
    static DROPPED: AtomicU64 = AtomicU64::new(0);
    struct Counts;
    impl Drop for Counts {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::SeqCst);
        }
    }
    let message = failure(|| {
        Harness::new("faults", "f").run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                let _alive = (a, b);
                mesh.spawn(1, owns(Counts));
                mesh.spawn(1, owns(Bomb("first")));
                mesh.spawn(1, owns(Counts));
                mesh.spawn(1, owns(Bomb("second")));
                mesh.spawn(1, owns(Counts));
                run_all().await;
                let crash = catch_unwind(AssertUnwindSafe(|| mesh.crash(1)));
                assert_eq!(DROPPED.load(Ordering::SeqCst), 3);
                resume_unwind(crash.unwrap_err());
            })
        });
    });
    assert_eq!(message, "first");
}

/// Spawns a task in its shard when it is dropped, as a connection does that says good-bye.
struct Bye(
    Endpoint<u64>,
    Mesh<u64>,
    Arc<Mutex<Option<JoinHandle<Option<()>>>>>,
);

impl Drop for Bye {
    fn drop(&mut self) {
        let from = self.0.clone();
        let task = self.1.spawn(&self.0, async move {
            let _ = from.send_segment(ShardId(0), 99).await;
        });
        *self.2.lock().unwrap() = Some(task);
    }
}

#[shard_mesh::test(peers = 0..2)]
async fn what_a_destructor_spawns_in_the_crash_of_its_shard_does_not_run(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let spawned = Arc::default();
    mesh.spawn(1, owns(Bye(b, mesh.clone(), Arc::clone(&spawned))));
    run_all().await;
    mesh.crash(1);
    let task = spawned.lock().unwrap().take().expect("it was dropped");
    assert_eq!(task.await.unwrap(), None);
    assert!(a.try_recv_segment().is_err());
}

#[test]
fn a_panic_in_the_drop_of_a_task_that_is_left_at_the_end_fails_the_test() {
    for threads in [None, Some(2)] {
        let message = failure(move || {
            let harness = Harness::new("faults", "g");
            let harness = match threads {
                Some(threads) => harness.worker_threads(threads),
                None => harness,
            };
            harness.run(|run| {
                let (a, b, mesh) = pair(run);
                Box::new(async move {
                    let _alive = (a, b);
                    mesh.spawn(1, owns(Bomb("left behind")));
                    run_all().await;
                })
            });
        });
        assert_eq!(message, "left behind");
    }
}

#[test]
fn a_panic_in_the_drop_of_a_task_that_is_aborted_fails_the_test() {
    let message = failure(|| {
        Harness::new("faults", "h").run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                let _alive = a;
                let task = mesh.spawn(1, owns(Bomb("aborted")));
                run_all().await;
                task.abort();
                b.recv_segment().await;
            })
        });
    });
    assert_eq!(message, "aborted");
}

#[shard_mesh::test(peers = 0..2)]
async fn a_task_gives_its_output(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    let task = mesh.spawn(1, async {
        tokio::time::sleep(ms(5)).await;
        7
    });
    assert_eq!(task.await.unwrap(), Some(7));
}

#[shard_mesh::test(peers = 0..2)]
async fn a_task_can_be_aborted(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let task = mesh.spawn(1, async move { b.recv_segment().await });
    run_all().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}
