//! Tasks that belong to a shard: their panics are the test's.

use std::panic::catch_unwind;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, Run, ShardId};

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
