//! What a task of a shard returns, and whether its failure is meant.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId, TransportError};
use tokio::task::yield_now;

use crate::support::run_all;
use crate::tasks::{failure, pair};

fn harness() -> Harness {
    Harness::new("faults", "outcomes")
}

/// The report on a test that has this done to its mesh, and then waits.
fn report(harness: Harness, what: fn(&Mesh<u64>)) -> String {
    failure(AssertUnwindSafe(|| {
        harness.run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                let _alive = a;
                what(&mesh);
                b.recv_segment().await;
            })
        });
    }))
}

#[test]
fn the_error_of_a_task_fails_the_test_and_is_quoted() {
    for harness in [
        harness(),
        harness().start_paused(false),
        harness().worker_threads(2),
    ] {
        let report = report(harness, |mesh| {
            mesh.run(1, async {
                Err::<(), _>(TransportError::UnknownPeer(ShardId(9)))
            });
        });
        let begin = "a task of shard 1, spawned at tests/tests/faults/outcomes.rs:";
        let error = ", returned an error: UnknownPeer(9)";
        let what = report.lines().find(|it| it.starts_with("what    "));
        let what = what.expect(&report);
        assert!(what.contains(begin) && what.contains(error), "{report}");
    }
}

#[test]
fn of_an_error_and_a_panic_the_first_counts() {
    let report = report(harness(), |mesh| {
        mesh.run(0, async { Err::<(), _>("first") });
        mesh.spawn(1, async { panic!("second") });
    });
    assert!(report.contains("returned an error: \"first\""), "{report}");
}

#[test]
fn an_error_fails_a_test_that_has_passed_by_then() {
    let failed = failure(|| {
        harness().run(|run| {
            let (_a, _b, mesh) = pair(run);
            Box::new(async move {
                mesh.run(1, async { Err::<(), _>("too late") });
                yield_now().await;
            })
        });
    });
    assert!(
        failed.contains("returned an error: \"too late\""),
        "{failed}"
    );
}

#[test]
fn an_error_is_not_the_panic_that_a_test_is_meant_to_have() {
    let code = harness().should_panic().run(|run| {
        let (a, b, mesh) = pair(run);
        Box::new(async move {
            let _alive = a;
            mesh.run(0, async { Err::<(), _>("no panic") });
            b.recv_segment().await;
        })
    });
    assert_eq!(code, std::process::ExitCode::FAILURE);
}

async fn never_returns() -> ! {
    std::future::pending().await
}

#[shard_mesh::test(peers = 0..2)]
async fn every_outcome_that_is_no_error_passes(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.run(0, async {});
    mesh.run(0, async { Ok::<_, TransportError>(7) });
    mesh.run(0, async { Ok::<_, Infallible>("done") });
    mesh.run(0, never_returns());
    mesh.run(0, std::future::pending::<Infallible>());
    mesh.run(1, async move { loop_for_ever(b).await });
    a.send_segment(ShardId(1), 1).await.unwrap();
    mesh.settle().await;
}

async fn loop_for_ever(at: Endpoint<u64>) -> ! {
    loop {
        at.recv_segment().await;
    }
}

#[shard_mesh::test(peers = 0..2)]
async fn a_failure_that_is_meant_fails_nothing(
    _a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.may_fail(1);
    mesh.run(1, async { Err::<(), _>("meant") });
    let panics = mesh.spawn(1, async { panic!("meant, too") });
    let panic = panics.await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref(), Some(&"meant, too"));
    // Over all lives of the shard.
    mesh.crash(1);
    let _b = mesh.restart(&b);
    mesh.run(1, async { Err::<(), _>("meant, again") });
    run_all().await;
}

#[test]
fn a_failure_of_another_shard_than_the_one_that_may_fails_the_test() {
    let report = report(harness(), |mesh| {
        mesh.may_fail(0);
        mesh.run(1, async { Err::<(), _>("not meant") });
    });
    assert!(report.contains("a task of shard 1, "), "{report}");
}

#[test]
fn without_a_harness_a_task_panics_with_its_error() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let factory = InProcessTransportFactory::<u64>::new();
        let _shard = factory.create(ShardId(0));
        let seen = std::sync::Arc::new(());
        let held = seen.clone();
        factory.mesh().run(0, async move {
            drop(held);
            Err::<(), _>("nobody listens")
        });
        yield_now().await;
        assert_eq!(std::sync::Arc::strong_count(&seen), 1, "it has ended");
    });
}

static SEEN: Mutex<Vec<&str>> = Mutex::new(Vec::new());

// What other tasks did before the harness was polled was told as if it had come before.
#[test]
fn no_task_of_a_shard_goes_on_after_one_has_failed() {
    let told = report(harness(), |mesh| {
        mesh.spawn(0, async { SEEN.lock().unwrap().push("before") });
        mesh.run(1, async { Err::<(), _>("it fails") });
        mesh.spawn(0, async { SEEN.lock().unwrap().push("after") });
    });
    assert!(told.contains("it fails"), "{told}");
    assert_eq!(*SEEN.lock().unwrap(), ["before"]);
}

#[test]
fn a_report_shows_the_moment_at_which_a_task_failed() {
    let told = failure(|| {
        harness().run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                mesh.run(1, async { Err::<(), _>("it fails") });
                // Of nobody, so that it is polled before the harness is.
                tokio::spawn(async move {
                    a.send_segment(ShardId(1), 1).await.unwrap();
                });
                b.recv_segment().await;
            })
        });
    });
    assert!(told.contains("none has carried anything"), "{told}");
}
