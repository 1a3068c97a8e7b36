//! `Mesh::until`: what is waited for is seen whenever it holds, and named where it never does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use shard_mesh::{Endpoint, InProcessTransportFactory, Mesh, ShardId, ms};
use tokio::time::{Instant, sleep, timeout};

use crate::{report, says};

#[shard_mesh::test(peers = 0..2, latency = "5ms")]
async fn it_completes_at_the_moment_at_which_it_holds(peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    let [a, b] = peers;
    let got = Arc::new(AtomicU64::new(0));
    let adds = got.clone();
    mesh.host(b, move |at| {
        let adds = adds.clone();
        async move {
            while let Some(n) = at.recv_segment().await {
                // For as long as one poll lasts, and no longer.
                adds.store(n, Ordering::Relaxed);
                tokio::task::yield_now().await;
                adds.store(0, Ordering::Relaxed);
            }
        }
    });
    let began = Instant::now();
    a.send_segment(ShardId(1), 7).await.unwrap();
    let value = mesh.until("7 has come", move || {
        let n = got.load(Ordering::Relaxed);
        (n == 7).then_some(n * n)
    });
    assert_eq!(value.await, 49);
    assert_eq!(began.elapsed(), ms(5));
}

#[shard_mesh::test(peers = 0..2)]
async fn what_holds_already_takes_no_time(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.until("anything", || true).within(Duration::ZERO).await;
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "\"the moon\" did not hold within 10ms (tests/tests/holds/until.rs:")]
async fn it_may_have_a_limit(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.until("the moon", || false).within(ms(10)).await;
}

#[shard_mesh::test(peers = 0..2)]
async fn one_that_is_dropped_is_asked_no_more(_peers: [Endpoint; 2], mesh: Mesh) {
    let asked = Arc::new(AtomicU64::new(0));
    let counts = asked.clone();
    let until = mesh.until("never", move || {
        counts.fetch_add(1, Ordering::Relaxed);
        false
    });
    assert!(timeout(ms(10), until).await.is_err());
    let before = asked.load(Ordering::Relaxed);
    assert!(before > 0);
    sleep(ms(10)).await;
    assert_eq!(asked.load(Ordering::Relaxed), before);
}

#[shard_mesh::test(peers = 0..2)]
async fn several_tasks_may_wait(_peers: [Endpoint; 2], mesh: Mesh) {
    let number = Arc::new(AtomicU64::new(0));
    let waits = |n| {
        let (number, mesh) = (number.clone(), mesh.clone());
        tokio::spawn(async move {
            mesh.until("a number", move || number.load(Ordering::Relaxed) >= n)
                .await;
            Instant::now()
        })
    };
    let (first, second) = (waits(1), waits(2));
    let began = Instant::now();
    sleep(ms(5)).await;
    number.store(1, Ordering::Relaxed);
    sleep(ms(5)).await;
    number.store(2, Ordering::Relaxed);
    assert_eq!(first.await.unwrap() - began, ms(5));
    assert_eq!(second.await.unwrap() - began, ms(10));
}

#[test]
fn one_that_never_holds_is_named_at_the_time_out() {
    let told = report(|_shards, mesh| async move {
        sleep(ms(3)).await;
        mesh.until("the logs agree", || false).await;
    });
    says(
        &told,
        &[
            "did not finish within its time-out",
            "somebody waits until \"the logs agree\" (tests/tests/holds/until.rs:",
            "since 3ms",
        ],
    );
}

#[shard_mesh::test(peers = 0..2, start_paused = false)]
async fn on_a_real_clock_it_is_asked_too(_peers: [Endpoint; 2], mesh: Mesh) {
    let number = Arc::new(AtomicU64::new(0));
    let other = number.clone();
    let thread = std::thread::spawn(move || other.store(1, Ordering::Relaxed));
    let mut looks = 0;
    mesh.until("a thread has come", move || {
        looks += 1;
        number.load(Ordering::Relaxed) == 1 && looks > 2
    })
    .await;
    thread.join().unwrap();
}

#[shard_mesh::test(peers = 0..2, flavor = "multi_thread", worker_threads = 2)]
async fn on_several_threads_it_is_asked_too(_peers: [Endpoint; 2], mesh: Mesh) {
    let mut looks = 0;
    mesh.until("it was looked at", move || {
        looks += 1;
        looks > 5
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn without_a_harness_it_looks_itself() {
    let mesh = InProcessTransportFactory::<u64>::new().mesh();
    let began = Instant::now();
    mesh.until("7 ms have passed", move || began.elapsed() >= ms(7))
        .await;
    assert_eq!(began.elapsed(), ms(7));
}
