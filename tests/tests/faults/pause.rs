//! A paused shard is frozen, and loses nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shard_mesh::{Endpoint, Mesh};
use tokio::time::{Instant, sleep};

use crate::support::{A, drain, ms, run_all, send, send_to, waiting_receiver};

/// A task of shard 1 that counts milliseconds.
fn ticker(mesh: &Mesh<u64>) -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    let ticks = count.clone();
    mesh.spawn(1, async move {
        loop {
            sleep(ms(1)).await;
            ticks.fetch_add(1, Ordering::SeqCst);
        }
    });
    count
}

#[shard_mesh::test(peers = 0..2)]
async fn the_tasks_of_a_paused_shard_stand_still(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let ticks = ticker(&mesh);
    sleep(ms(10)).await;
    mesh.pause(1);
    let before = ticks.load(Ordering::SeqCst);
    assert!(before >= 9);
    sleep(ms(100)).await;
    assert_eq!(ticks.load(Ordering::SeqCst), before);
    mesh.resume(1);
    sleep(ms(10)).await;
    assert!(ticks.load(Ordering::SeqCst) > before);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_task_that_is_spawned_on_a_paused_shard_waits_for_its_resume(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.pause(1);
    let task = mesh.spawn(1, async { 7 });
    run_all().await;
    assert!(!task.is_finished());
    mesh.resume(1);
    assert_eq!(task.await.unwrap(), Some(7));
}

#[shard_mesh::test(peers = 0..2)]
async fn a_task_that_pauses_its_own_shard_stops_at_its_next_wait(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let inner = mesh.clone();
    let task = mesh.spawn(1, async move {
        inner.pause(1);
        tokio::task::yield_now().await;
        7
    });
    sleep(ms(10)).await;
    assert!(!task.is_finished());
    mesh.resume(1);
    assert_eq!(task.await.unwrap(), Some(7));
}

#[shard_mesh::test(peers = 0..2)]
async fn resume_loses_nothing_and_keeps_the_order(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    mesh.pause(1);
    mesh.link(0, 1).latency(ms(5));
    send(&a, [2, 3]);
    let waiting = waiting_receiver(&b).await;
    sleep(ms(20)).await;
    assert!(!waiting.is_finished());
    mesh.resume(1);
    assert_eq!(waiting.await.unwrap(), Some(1));
    assert_eq!(drain(&b), [2, 3]);
}

#[shard_mesh::test(peers = 0..2)]
async fn what_is_in_flight_when_a_shard_resumes_arrives_when_due(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(50));
    mesh.pause(1);
    send(&a, [1]);
    let waiting = waiting_receiver(&b).await;
    sleep(ms(20)).await;
    mesh.resume(1);
    assert_eq!(waiting.await.unwrap(), Some(1));
    assert_eq!(began.elapsed(), ms(50));
}

#[shard_mesh::test(peers = 0..2)]
async fn what_a_paused_shard_had_sent_arrives(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send_to(&b, A, [1]);
    mesh.pause(1);
    assert_eq!(drain(&a), [1]);
}

#[shard_mesh::test(peers = 0..2)]
async fn two_pauses_end_with_one_resume(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.pause(1);
    mesh.pause(1);
    mesh.resume(1);
    mesh.resume(1);
    send(&a, [1]);
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(peers = 0..2)]
async fn settle_does_not_wait_for_paused_shards_or_held_segments(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.pause(1);
    send(&a, [1]);
    mesh.link(1, 0).hold();
    send_to(&b, A, [2]);
    mesh.settle().await;
    assert_eq!(mesh.stats().link(0, 1).waiting, 1);
    assert_eq!(mesh.stats().link(1, 0).held, 1);
}

#[shard_mesh::test(peers = 0..2)]
async fn settle_waits_for_what_is_in_flight(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    let reader = waiting_receiver(&b).await;
    mesh.settle().await;
    assert_eq!(began.elapsed(), ms(10));
    assert!(reader.is_finished());
}

#[shard_mesh::test(peers = 0..2)]
async fn a_paused_shard_can_crash_and_its_tasks_are_dropped(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let ticks = ticker(&mesh);
    let waiting = waiting_receiver(&b).await;
    mesh.pause(1);
    mesh.crash(1);
    assert_eq!(waiting.await.unwrap(), None);
    assert_eq!(Arc::strong_count(&ticks), 1);
    drop(a);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_shard_that_restarts_is_not_paused_any_more(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.pause(1);
    mesh.crash(1);
    drop(b);
    let b = mesh.restart(1);
    send(&a, [1]);
    assert_eq!(drain(&b), [1]);
}
