//! `mesh.after`: what begins right at what happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shard_mesh::{Endpoint, Mesh, Moment, ShardId, ms};
use tokio::time::{sleep, timeout};

/// Sends 1 to 3 to shard 0, with a note of how far it has come; once booted again, nothing.
fn counts(mesh: &Mesh<u64>, at: Endpoint<u64>) -> Arc<AtomicU64> {
    let (sent, boots) = (Arc::new(AtomicU64::new(0)), AtomicU64::new(0));
    let far = sent.clone();
    mesh.host(at, move |at| {
        let (far, again) = (far.clone(), boots.fetch_add(1, Ordering::Relaxed) > 0);
        async move {
            for n in 1..=3 {
                if again {
                    break;
                }
                at.send_segment(ShardId(0), n).await.unwrap();
                far.store(n, Ordering::Relaxed);
            }
            while at.recv_segment().await.is_some() {}
        }
    });
    sent
}

async fn received(at: &Endpoint<u64>) -> Vec<u64> {
    let mut all = Vec::new();
    while let Ok(Some(n)) = timeout(ms(50), at.recv_segment()).await {
        all.push(n);
    }
    all
}

#[shard_mesh::test(peers = 0..2)]
async fn a_crash_before_a_send_takes_it_along(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.after(Moment::sending(1, 0, 2))
        .crash(1)
        .lasting(ms(5))
        .in_flight_arrives();
    let sent = counts(&mesh, b);
    assert_eq!(received(&a).await, [1]);
    assert_eq!(sent.load(Ordering::Relaxed), 1);
}

#[shard_mesh::test(peers = 0..2)]
async fn after_a_send_it_is_gone_and_its_sender_dead(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.after(Moment::sent(1, 0, 2))
        .crash(1)
        .lasting(ms(5))
        .in_flight_arrives();
    let sent = counts(&mesh, b);
    assert_eq!(received(&a).await, [1, 2]);
    assert_eq!(sent.load(Ordering::Relaxed), 1, "the send did not return");
}

#[shard_mesh::test(peers = 0..2, latency = "10ms")]
async fn what_is_in_flight_is_lost_with_its_sender_or_arrives(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.after(Moment::sent(1, 0, 2)).crash(1).lasting(ms(5));
    counts(&mesh, b);
    assert_eq!(received(&a).await, []);
}

#[shard_mesh::test(peers = 0..2, latency = "10ms")]
async fn a_crash_before_a_receive_loses_it(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let seen = Arc::new(AtomicU64::new(0));
    let saw = seen.clone();
    mesh.host(b, move |at| {
        let saw = saw.clone();
        async move {
            while let Some(n) = at.recv_segment().await {
                saw.fetch_add(n, Ordering::Relaxed);
            }
        }
    });
    mesh.after(Moment::receiving(0, 1, 2))
        .crash(1)
        .lasting(ms(5));
    for n in [1, 10, 100] {
        a.send_segment(ShardId(1), n).await.unwrap();
    }
    sleep(ms(30)).await;
    a.send_segment(ShardId(1), 1000).await.unwrap();
    sleep(ms(30)).await;
    assert_eq!(seen.load(Ordering::Relaxed), 1001);
    assert_eq!(mesh.stats().link(0, 1).dropped, 2);
}

#[shard_mesh::test(peers = 0..2)]
async fn after_a_receive_its_receiver_is_dead(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let seen = Arc::new(AtomicU64::new(0));
    let saw = seen.clone();
    mesh.host(b, move |at| {
        let saw = saw.clone();
        async move {
            while let Some(n) = at.recv_segment().await {
                saw.fetch_add(n, Ordering::Relaxed);
            }
        }
    });
    mesh.after(Moment::received(0, 1, 1))
        .crash(1)
        .lasting(ms(5));
    a.send_segment(ShardId(1), 1).await.unwrap();
    sleep(ms(10)).await;
    assert_eq!(seen.load(Ordering::Relaxed), 0);
    assert_eq!(mesh.stats().link(0, 1).delivered, 1, "it was handed out");
}

#[shard_mesh::test(peers = 0..2)]
async fn writes_syncs_and_boots_are_moments(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let log = mesh.disk(1, Vec::new());
    let disk = log.clone();
    mesh.host(b, move |_| {
        let disk = disk.clone();
        async move {
            loop {
                disk.write(|log| log.push(log.len()));
                sleep(ms(1)).await;
                disk.sync().await;
                sleep(ms(1)).await;
            }
        }
    });
    mesh.after(Moment::written(1, 2))
        .crash(1)
        .lasting(ms(10))
        .keeping(0);
    sleep(ms(5)).await;
    assert_eq!(log.read(Vec::clone), [0], "the second write was not synced");
    // Of the second life: the third write and the second sync of all.
    mesh.after(Moment::synced(1, 2))
        .crash(1)
        .lasting(ms(10))
        .keeping(0);
    mesh.after(Moment::booted(1, 3))
        .clock(1)
        .ahead(ms(5))
        .optional();
    sleep(ms(12)).await;
    assert_eq!(log.read(Vec::clone), [0, 1]);
    sleep(ms(20)).await;
    let ahead = mesh.clock(1).now().duration_since(mesh.clock(0).now());
    assert_eq!(ahead.unwrap(), ms(5));
}
