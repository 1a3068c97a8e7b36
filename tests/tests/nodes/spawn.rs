//! `shard_mesh::spawn`, for code that has no mesh in hand.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId, current_shard};

/// Counts up, as a task of a task does.
async fn ticks(count: Arc<AtomicU64>) {
    loop {
        tokio::time::sleep(Duration::from_millis(1)).await;
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[shard_mesh::test(peers = 0..2)]
async fn tasks_of_tasks_die_with_their_shard(_a: Endpoint, b: Endpoint, mesh: Mesh) {
    let count = Arc::new(AtomicU64::new(0));
    let counts = count.clone();
    mesh.host(b, move |_at| {
        let counts = counts.clone();
        // From the host's closure, from a task, and from a task of a task.
        shard_mesh::spawn(ticks(counts.clone()));
        async move {
            shard_mesh::spawn(ticks(counts.clone()));
            shard_mesh::spawn(async move { shard_mesh::spawn(ticks(counts)).await });
            std::future::pending::<()>().await;
        }
    });
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert!(count.load(Ordering::Relaxed) >= 27, "three of them tick");
    mesh.pause(1);
    let paused = count.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(count.load(Ordering::Relaxed), paused);
    mesh.resume(1);
    mesh.crash(1);
    let crashed = count.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(count.load(Ordering::Relaxed), crashed);
    mesh.restart(1);
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert!(count.load(Ordering::Relaxed) >= crashed + 27, "it boots");
}

#[shard_mesh::test(peers = 0..2)]
async fn the_handle_has_what_that_of_tokio_has(_peers: [Endpoint; 2], mesh: Mesh) {
    let done = mesh.spawn(1, async {
        let answer = shard_mesh::spawn(async { 7 });
        let endless = shard_mesh::spawn(std::future::pending::<()>());
        assert!(!endless.is_finished());
        endless.abort();
        assert!(endless.await.unwrap_err().is_cancelled());
        answer.await.unwrap()
    });
    assert_eq!(done.await.unwrap(), Some(Some(7)));
}

#[shard_mesh::test(peers = 0..2)]
async fn in_a_crash_a_destructor_spawns_nothing(_peers: [Endpoint; 2], mesh: Mesh) {
    struct Spawns(Option<tokio::sync::oneshot::Sender<tokio::task::JoinHandle<Option<u8>>>>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            assert_eq!(current_shard(), Some(ShardId(1)));
            let handle = shard_mesh::spawn(async { 7 });
            self.0.take().unwrap().send(handle).unwrap();
        }
    }
    let (send, handle) = tokio::sync::oneshot::channel();
    let spawns = Spawns(Some(send));
    mesh.spawn(1, async move {
        let _spawns = spawns;
        std::future::pending::<()>().await;
    });
    mesh.settle().await;
    mesh.crash(1);
    assert_eq!(handle.await.unwrap().await.unwrap(), None);
    assert_eq!(current_shard(), None);
}

#[shard_mesh::test(peers = 0..2)]
async fn each_task_knows_its_own_shard(_peers: [Endpoint; 2], mesh: Mesh) {
    let of = |shard: u64| {
        mesh.spawn(shard, async {
            shard_mesh::spawn(async { current_shard() }).await
        })
    };
    let (zero, one) = (of(0), of(1));
    assert_eq!(one.await.unwrap().unwrap().unwrap(), Some(Some(ShardId(1))));
    assert_eq!(
        zero.await.unwrap().unwrap().unwrap(),
        Some(Some(ShardId(0)))
    );
    assert_eq!(tokio::spawn(async { current_shard() }).await.unwrap(), None);
}

/// The report on a test whose node runs `spawns`, and crashes.
fn told(spawns: fn()) -> String {
    let harness = Harness::new(module_path!(), "told").reruns(false);
    let failed = catch_unwind(AssertUnwindSafe(|| {
        harness.timeout(Duration::from_secs(1)).run(|run| {
            let factory = run.watch(InProcessTransportFactory::<u64>::new());
            let (shard, mesh) = (factory.create(ShardId(1)), factory.mesh());
            Box::new(async move {
                mesh.host(shard, move |_| async move {
                    spawns();
                    tokio::task::yield_now().await;
                    spawns();
                    let mut owned = tokio::task::JoinSet::new();
                    owned.spawn(std::future::pending::<()>());
                    std::future::pending::<()>().await;
                });
                mesh.settle().await;
                mesh.crash(1);
                std::future::pending::<()>().await;
            })
        })
    }));
    let report = failed.expect_err("a time-out");
    report.downcast_ref::<String>().expect("a report").clone()
}

#[test]
fn what_a_plain_spawn_leaves_alive_is_told() {
    let report = told(|| drop(tokio::spawn(std::future::pending::<()>())));
    let line = "tasks of shard 1 called `tokio::spawn` 3 times; of all such tasks in the test 2 outlived its crash";
    assert!(report.contains(line), "{report}");
}

#[test]
fn what_dies_with_its_node_is_not_told() {
    for spawns in [
        || {},
        || drop(shard_mesh::spawn(std::future::pending::<()>())),
        || drop(tokio::spawn(async {})),
    ] {
        let report = told(spawns);
        assert!(!report.contains("outlived"), "{report}");
    }
}
