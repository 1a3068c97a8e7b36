//! How the test ends is how it would have ended without a harness.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use shard_mesh::{Harness, InProcessTransportFactory, Run, ShardId};

use crate::{Body, harness, report, says, shards, waits_for_a_segment};

/// Panics when it is dropped, as what checks that it was used up does.
struct Unfinished;

impl Drop for Unfinished {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "it was not used up");
    }
}

#[test]
fn a_destructor_that_panics_does_not_hide_why_the_test_had_to_end() {
    let report = report(harness(), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            let _links_are_open = (a, c);
            let _unfinished = Unfinished;
            b.recv_segment().await;
        })
    });
    says(&report, &["shard 1 waits in recv_segment since 0s"]);
}

static OVER: AtomicBool = AtomicBool::new(false);

fn spins_until_it_is_over() {
    while !OVER.load(Ordering::Relaxed) {
        std::thread::yield_now();
    }
}

#[test]
fn a_test_that_fails_does_not_wait_for_what_never_ends() {
    let failed = |harness: Harness, test: fn(&Run) -> Body| {
        let panic = catch_unwind(AssertUnwindSafe(|| harness.run(test))).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"it fails"));
    };
    failed(harness(), |_| {
        Box::new(async {
            tokio::task::spawn_blocking(spins_until_it_is_over);
            panic!("it fails");
        })
    });
    failed(harness().worker_threads(1), |_| {
        Box::new(async {
            let (began, begins) = tokio::sync::oneshot::channel();
            tokio::spawn(async {
                began.send(()).unwrap();
                spins_until_it_is_over();
            });
            begins.await.unwrap();
            panic!("it fails");
        })
    });
    OVER.store(true, Ordering::Relaxed);
}

#[test]
fn a_task_that_does_not_let_a_test_that_passed_end_fails_it() {
    static OVER: AtomicBool = AtomicBool::new(false);
    let several = harness().worker_threads(1);
    let report = report(several.timeout(Duration::from_millis(50)), |run| {
        let factory = run.watch(InProcessTransportFactory::<u32>::new());
        let _shard = factory.create(ShardId(0));
        let mesh = factory.mesh();
        Box::new(async move {
            let (began, begins) = tokio::sync::oneshot::channel();
            mesh.spawn(0, async {
                began.send(()).unwrap();
                while !OVER.load(Ordering::Relaxed) {
                    std::thread::yield_now();
                }
            });
            begins.await.unwrap();
        })
    });
    OVER.store(true, Ordering::Relaxed);
    says(&report, &["passed, but", "still ran 50ms later"]);
    says(&report, &["a task of shard 0, spawned at", "is not over"]);
}

#[test]
fn a_thread_that_ends_with_the_tasks_does_not_fail_a_test_that_passed() {
    for harness in [harness(), harness().worker_threads(1)] {
        let code = harness.run(|_run| {
            Box::new(async {
                let (kept, gone) = tokio::sync::oneshot::channel::<()>();
                tokio::spawn(async move {
                    let _kept = kept;
                    std::future::pending::<()>().await;
                });
                tokio::task::spawn_blocking(|| gone.blocking_recv());
            })
        });
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
    }
}

#[test]
fn a_hang_is_no_panic_for_a_test_that_should_panic() {
    let code = harness().should_panic().run(waits_for_a_segment);
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
}

#[test]
fn a_panic_of_the_test_is_not_taken_for_a_hang() {
    let panicking: fn(&Run) -> Body = |_run| Box::new(async { panic!("the message of the test") });
    for harness in [
        harness(),
        harness().should_panic(),
        harness().multi_thread(),
    ] {
        let failed = catch_unwind(AssertUnwindSafe(|| harness.run(panicking))).unwrap_err();
        assert_eq!(
            failed.downcast_ref::<&str>(),
            Some(&"the message of the test")
        );
    }
}

#[test]
fn what_the_test_returns_is_its_exit_code() {
    let fails = harness().run(|_run| Box::new(async { Err::<(), _>("printed by the harness") }));
    assert_eq!(format!("{fails:?}"), format!("{:?}", ExitCode::FAILURE));
    let passes = harness().run(|_run| Box::new(async { Ok::<_, &str>(()) }));
    assert_eq!(format!("{passes:?}"), format!("{:?}", ExitCode::SUCCESS));
}

#[test]
fn a_test_that_ends_in_time_is_not_disturbed() {
    let code = harness().timeout(Duration::from_secs(5)).run(|run| {
        let [a, b, _c] = shards(run);
        Box::new(async move {
            tokio::time::sleep(Duration::from_millis(4999)).await;
            a.send_segment(ShardId(1), 1).await.unwrap();
            assert_eq!(b.recv_segment().await, Some(1));
        })
    });
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
}
