//! `mesh.settle()`: until nothing is in flight, every inbox is empty and no task can run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use shard_mesh::{Endpoint, InProcessTransportFactory, Mesh, ShardId};
use tokio::time::Instant;

/// Receives all, and counts.
fn count(shard: Endpoint<u32>) -> Arc<AtomicU32> {
    let received = Arc::new(AtomicU32::new(0));
    let counter = received.clone();
    tokio::spawn(async move {
        while shard.recv_segment().await.is_some() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    received
}

/// Sends on whatever comes, with a few steps in between.
fn relay(shard: Endpoint<u32>, to: u64) {
    tokio::spawn(async move {
        while let Some(number) = shard.recv_segment().await {
            tokio::task::yield_now().await;
            let _ = shard.send_segment(ShardId(to), number).await;
        }
    });
}

fn nothing_is_in_flight(mesh: &Mesh<u32>) {
    for link in mesh.stats().links() {
        assert_eq!(link.waiting + link.in_flight, 0, "{link:?}");
    }
}

/// Ships 50 segments along `0 -> 1 -> 2`, and settles. This is for a runtime that knows when it is
/// idle: elsewhere, a relay that holds a segment cannot be told from one that rests.
async fn settles([a, b, c]: [Endpoint<u32>; 3], mesh: &Mesh<u32>) {
    relay(b, 2);
    let received = count(c);
    tokio::spawn(async move {
        for number in 0..50 {
            a.send_segment(ShardId(1), number).await.unwrap();
        }
        // The mesh does not come to rest because an endpoint went.
        std::future::pending::<()>().await;
        drop(a);
    });
    mesh.settle().await;
    nothing_is_in_flight(mesh);
    assert_eq!(received.load(Ordering::SeqCst), 50);
}

#[shard_mesh::test(peers = 0..3, topology = chain, capacity = 2)]
async fn on_a_paused_clock_it_is_exact_and_moves_no_clock(
    shards: [Endpoint<u32>; 3],
    mesh: Mesh<u32>,
) {
    let before = Instant::now();
    settles(shards, &mesh).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[shard_mesh::test(peers = 0..3, topology = chain, capacity = 2)]
async fn a_heartbeat_does_not_disturb_it(shards: [Endpoint<u32>; 3], mesh: Mesh<u32>) {
    tokio::spawn(async {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    tokio::task::yield_now().await;
    let before = Instant::now();
    settles(shards, &mesh).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[shard_mesh::test(peers = 0..3, topology = chain, capacity = 2, start_paused = false)]
async fn on_a_real_clock_it_is_exact(shards: [Endpoint<u32>; 3], mesh: Mesh<u32>) {
    settles(shards, &mesh).await;
}

#[shard_mesh::test(leader = 0, followers = [1], flavor = "multi_thread", worker_threads = 3)]
async fn on_several_threads_it_waits_until_every_inbox_is_empty(
    a: Endpoint<u32>,
    b: Endpoint<u32>,
    mesh: Mesh<u32>,
) {
    for number in 0..100 {
        a.send_segment(ShardId(1), number).await.unwrap();
    }
    count(b);
    mesh.settle().await;
    assert_eq!(mesh.stats().link(0, 1).delivered, 100);
}

#[test]
fn on_a_runtime_of_the_users_own_it_waits_for_rest() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let (factory, shards) = crate::poll::mesh(2, &[(0, 1), (1, 2)]);
        settles(shards, &factory.mesh()).await;
    });
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn on_a_mesh_at_rest_it_completes(_a: Endpoint<u32>, _b: Endpoint<u32>, mesh: Mesh<u32>) {
    let before = Instant::now();
    for _ in 0..100 {
        mesh.settle().await;
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn it_waits_for_tasks_that_never_touch_the_mesh(
    _a: Endpoint<u32>,
    _b: Endpoint<u32>,
    mesh: Mesh<u32>,
) {
    let other = tokio::spawn(async {
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    });
    mesh.settle().await;
    assert!(other.is_finished());
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn it_waits_for_a_timer_that_empties_an_inbox(
    a: Endpoint<u32>,
    b: Endpoint<u32>,
    mesh: Mesh<u32>,
) {
    let before = Instant::now();
    a.send_segment(ShardId(1), 1).await.unwrap();
    let slow = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        b.recv_segment().await
    });
    mesh.settle().await;
    assert_eq!(before.elapsed(), Duration::from_secs(5));
    assert_eq!(slow.await.unwrap(), Some(1));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn it_can_be_cancelled_and_asked_again(a: Endpoint<u32>, b: Endpoint<u32>, mesh: Mesh<u32>) {
    a.send_segment(ShardId(1), 1).await.unwrap();
    let patience = Duration::from_millis(3);
    tokio::time::timeout(patience, mesh.settle())
        .await
        .expect_err("nobody reads");
    assert_eq!(b.recv_segment().await, Some(1));
    mesh.settle().await;
    // One that is dropped once it was polled takes no other with it.
    let other = mesh.clone();
    let cancelled = tokio::spawn(async move { other.settle().await });
    tokio::task::yield_now().await;
    cancelled.abort();
    mesh.settle().await;
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn any_number_of_tasks_may_wait_for_it(a: Endpoint<u32>, b: Endpoint<u32>, mesh: Mesh<u32>) {
    a.send_segment(ShardId(1), 1).await.unwrap();
    let waiting: Vec<_> = (0..5)
        .map(|_| {
            let mesh = mesh.clone();
            tokio::spawn(async move { mesh.settle().await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert!(waiting.iter().all(|task| !task.is_finished()));
    assert_eq!(b.recv_segment().await, Some(1));
    for task in waiting {
        task.await.unwrap();
    }
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_mesh_that_is_not_watched_settles_too(_a: Endpoint<u32>, _b: Endpoint<u32>) {
    let factory = InProcessTransportFactory::new();
    let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    let received = count(b);
    a.send_segment(ShardId(1), 1).await.unwrap();
    factory.mesh().settle().await;
    assert_eq!(received.load(Ordering::SeqCst), 1);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_a_dropped_endpoint_had_not_received_is_not_waited_for(
    a: Endpoint<u32>,
    b: Endpoint<u32>,
    mesh: Mesh<u32>,
) {
    a.send_segment(ShardId(1), 1).await.unwrap();
    drop(b);
    mesh.settle().await;
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
}

#[shard_mesh::test(leader = 0, followers = [1])]

async fn it_holds_for_each_of_those_who_wait(a: Endpoint<u32>, b: Endpoint<u32>, mesh: Mesh<u32>) {
    let (first, second) = (mesh.clone(), mesh);
    let sender = tokio::spawn(async move {
        first.settle().await;
        a.send_segment(ShardId(1), 1).await.unwrap();
    });
    let looker = tokio::spawn(async move {
        second.settle().await;
        nothing_is_in_flight(&second);
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(b.recv_segment().await, Some(1));
    sender.await.unwrap();
    looker.await.unwrap();
}
