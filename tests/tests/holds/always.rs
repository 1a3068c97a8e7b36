//! `Mesh::always`: what lasts for one poll is seen, and named.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use shard_mesh::{Endpoint, InProcessTransportFactory, Mesh, Moment, ShardId, ms};
use tokio::time::sleep;

use crate::{report, says};

/// Sets the number to 2 for as long as one poll lasts in which it has received 7, and then back.
async fn glitches(at: Endpoint<u64>, number: Arc<AtomicU64>) {
    while let Some(n) = at.recv_segment().await {
        if n == 7 {
            number.store(2, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
        number.store(1, Ordering::Relaxed);
    }
}

#[test]
fn what_lasts_for_one_poll_is_seen_and_its_cause_named() {
    let told = report(|[a, b], mesh| async move {
        let number = Arc::new(AtomicU64::new(1));
        let seen = number.clone();
        mesh.always("at most one", move || seen.load(Ordering::Relaxed) <= 1);
        mesh.host(b, move |at| glitches(at, number.clone()));
        for n in 1..=9 {
            a.send_segment(ShardId(1), n).await.unwrap();
            sleep(ms(5)).await;
        }
    });
    says(
        &told,
        &[
            "failed at 30ms",
            "what    does not hold: \"at most one\" (tests/tests/holds/always.rs:",
            "after a poll of a task of shard 1, spawned at tests/tests/holds/always.rs:",
            "since it held:\n            shard 1 received segment 7 of shard 0",
        ],
    );
}

#[test]
fn an_assertion_is_quoted() {
    let told = report(|_shards, mesh| async move {
        let number = Arc::new(AtomicU64::new(1));
        let seen = number.clone();
        mesh.always("as it was", move || {
            assert_eq!(seen.load(Ordering::Relaxed), 1);
        });
        sleep(ms(5)).await;
        number.store(3, Ordering::Relaxed);
    });
    says(
        &told,
        &[
            "does not hold: \"as it was\"",
            "assertion `left == right` failed",
            "after a poll of the test's body; nothing happened in the mesh since it held",
        ],
    );
}

#[test]
fn what_a_plain_task_does_is_seen_before_the_clock_moves() {
    let told = report(|_shards, mesh| async move {
        let number = Arc::new(AtomicU64::new(1));
        let seen = number.clone();
        mesh.always("as it was", move || seen.load(Ordering::Relaxed) == 1);
        tokio::spawn(async move {
            sleep(ms(5)).await;
            number.store(3, Ordering::Relaxed);
            sleep(ms(5)).await;
            number.store(1, Ordering::Relaxed);
        });
        sleep(ms(20)).await;
    });
    says(
        &told,
        &[
            "failed at 5ms",
            "at or before this moment, at which no task can run",
        ],
    );
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "does not hold: \"never\"")]
async fn it_counts_as_the_panic_that_is_meant(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.always("never", || false);
    std::future::pending::<()>().await;
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "does not hold: \"the second\"")]
async fn of_several_the_one_that_does_not_hold_is_named(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.always("the first", || true);
    let calls = AtomicU64::new(0);
    mesh.always("the second", move || {
        calls.fetch_add(1, Ordering::Relaxed) < 3
    });
    mesh.always("the third", || true);
    for _ in 0..10 {
        sleep(ms(1)).await;
    }
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "does not hold: \"nobody boots twice\"")]
async fn it_stands_over_a_crash_and_a_restart(peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    let [_a, b] = peers;
    let boots = Arc::new(AtomicU64::new(0));
    let seen = boots.clone();
    mesh.after(Moment::booted(1, 1)).crash(1).lasting(ms(5));
    mesh.always("nobody boots twice", move || {
        seen.load(Ordering::Relaxed) < 2
    });
    mesh.host(b, move |at| {
        boots.fetch_add(1, Ordering::Relaxed);
        async move { while at.recv_segment().await.is_some() {} }
    });
    sleep(ms(20)).await;
}

#[shard_mesh::test(peers = 0..2)]
async fn it_may_look_at_the_mesh_and_add_others(peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    let [a, b] = peers;
    let here = mesh.clone();
    let asked = Arc::new(AtomicU64::new(0));
    let counts = asked.clone();
    let mut added = false;
    mesh.always("nothing is lost", move || {
        if !std::mem::replace(&mut added, true) {
            let counts = counts.clone();
            here.always("an inner one", move || {
                counts.fetch_add(1, Ordering::Relaxed);
                true
            });
        }
        here.stats().link(0, 1).dropped == 0
    });
    a.send_segment(ShardId(1), 1).await.unwrap();
    assert_eq!(b.recv_segment().await, Some(1));
    sleep(ms(1)).await;
    sleep(ms(1)).await;
    assert!(asked.load(Ordering::Relaxed) > 1);
}

#[shard_mesh::test(peers = 0..4, flavor = "multi_thread", worker_threads = 2)]
async fn on_several_threads_one_at_a_time_is_asked(peers: [Endpoint<u64>; 4], mesh: Mesh<u64>) {
    let inside = AtomicU64::new(0);
    mesh.always("one at a time", move || {
        let alone = inside.fetch_add(1, Ordering::SeqCst) == 0;
        std::thread::yield_now();
        inside.fetch_sub(1, Ordering::SeqCst);
        alone
    });
    for peer in peers {
        mesh.host(peer, |at| async move {
            for n in 0..2_000 {
                let to = ShardId((at.local_shard().0 + 1) % 4);
                let _ = at.try_send_segment(to, n);
                while at.try_recv_segment().is_ok() {}
                tokio::task::yield_now().await;
            }
        });
    }
    sleep(Duration::from_millis(100)).await;
}

#[test]
#[should_panic(expected = "`always` needs a harness")]
fn without_a_harness_nobody_asks() {
    let factory = InProcessTransportFactory::<u64>::new();
    factory.mesh().always("anything", || true);
}
