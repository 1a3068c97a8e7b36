//! Latency belongs to the segment, and a rate to the link.

use std::time::Duration;

use shard_mesh::{Endpoint, Mesh, ShardId};
use tokio::time::{Instant, advance, sleep, timeout};

use crate::support::{A, B, drain, ms, send, send_to, take, waiting_receiver};

#[shard_mesh::test(leader = 0, followers = [1], capacity = 10_000)]
async fn ten_thousand_segments_arrive_together_after_one_latency(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, 0..10_000);
    for (index, (segment, at)) in take(&b, 10_000, began).await.into_iter().enumerate() {
        assert_eq!((segment, at), (index as u64, 10));
    }
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_latency_is_met_to_the_millisecond(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    advance(ms(9)).await;
    assert_eq!(drain(&b), []);
    advance(ms(1)).await;
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn jitter_alone_does_not_reorder_and_stays_in_its_range(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).latency(ms(5)..ms(20));
    let mut met = std::collections::BTreeSet::new();
    for round in 0..100 {
        let began = Instant::now();
        send(&a, [2 * round, 2 * round + 1]);
        let got = take(&b, 2, began).await;
        assert_eq!((got[0].0, got[1].0), (2 * round, 2 * round + 1));
        assert!(got[0].1 <= got[1].1);
        met.insert(got[0].1);
    }
    assert_eq!(met.first(), Some(&5));
    assert!(met.last() == Some(&19), "{met:?}");
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn the_newest_latency_rules_until_it_is_healed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let old = mesh.link(0, 1).latency(ms(5));
    let new = mesh.link(0, 1).latency(ms(50));
    for (healed, latency) in [(None, 50), (Some(&new), 5), (Some(&old), 0)] {
        if let Some(fault) = healed {
            fault.heal();
        }
        let began = Instant::now();
        send(&a, [1]);
        assert_eq!(take(&b, 1, began).await, [(1, latency)]);
    }
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn healing_the_older_latency_leaves_the_newer_in_force(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let old = mesh.link(0, 1).latency(ms(5)).optional();
    mesh.link(0, 1).latency(ms(50));
    old.heal();
    let began = Instant::now();
    send(&a, [1]);
    assert_eq!(take(&b, 1, began).await, [(1, 50)]);
}

#[shard_mesh::test(peers = 0..2)]
async fn each_direction_has_its_own_latency(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(3));
    mesh.link(1, 0).latency(ms(7));
    send(&a, [1]);
    assert_eq!(take(&b, 1, began).await, [(1, 3)]);
    send_to(&b, A, [2]);
    assert_eq!(take(&a, 1, began).await, [(2, 10)]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_shorter_latency_does_not_overtake_a_longer_one(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    let slow = mesh.link(0, 1).latency(ms(20));
    send(&a, [1]);
    slow.heal();
    mesh.link(0, 1).latency(ms(5));
    send(&a, [2]);
    assert_eq!(take(&b, 2, began).await, [(1, 20), (2, 20)]);
}

#[shard_mesh::test(leaders = [0, 2], followers = [1])]
async fn a_nearer_segment_wakes_a_receiver_whose_alarm_is_set_for_later(
    a: Endpoint<u64>,
    c: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(1000));
    mesh.link(2, 1).latency(ms(10));
    send(&a, [1]);
    let waiting = waiting_receiver(&b).await;
    send(&c, [2]);
    assert_eq!(waiting.await.unwrap(), Some(2));
    assert_eq!(began.elapsed(), ms(10));
    assert_eq!(take(&b, 1, began).await, [(1, 1000)]);
}

#[shard_mesh::test(leaders = [0, 2, 3], followers = [1])]
async fn several_receivers_take_segments_of_different_latencies_as_they_are_due(
    a: Endpoint<u64>,
    c: Endpoint<u64>,
    d: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    let mut receivers = Vec::new();
    for _ in 0..3 {
        let b = b.clone();
        receivers.push(tokio::spawn(async move {
            (b.recv_segment().await, began.elapsed())
        }));
        tokio::task::yield_now().await;
    }
    for (sender, latency) in [(&a, 30), (&c, 10), (&d, 20)] {
        mesh.from(sender.local_shard()).latency(ms(latency));
        send(sender, [latency]);
    }
    let mut got = Vec::new();
    for receiver in receivers {
        got.push(receiver.await.unwrap());
    }
    got.sort_unstable();
    let expected = [10, 20, 30].map(|latency| (Some(latency), ms(latency)));
    assert_eq!(got, expected);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_cancelled_receiver_loses_nothing_that_is_in_transit(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1, 2]);
    for _ in 0..3 {
        assert!(timeout(ms(3), b.recv_segment()).await.is_err());
    }
    assert_eq!(take(&b, 2, began).await, [(1, 10), (2, 10)]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_rate_spaces_segments_out_and_rests_when_the_wire_is_free(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).rate(1000.0 / 3.0);
    send(&a, [1, 2, 3]);
    assert_eq!(take(&b, 3, began).await, [(1, 3), (2, 6), (3, 9)]);
    sleep(ms(91)).await;
    send(&a, [4]);
    assert_eq!(take(&b, 1, began).await, [(4, 103)]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_latency_comes_on_top_of_a_rate(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).rate(100.0);
    mesh.link(0, 1).latency(ms(5));
    send(&a, [1, 2, 3]);
    assert_eq!(take(&b, 3, began).await, [(1, 15), (2, 25), (3, 35)]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_latency_of_forever_is_as_good_as_a_hold(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).latency(Duration::MAX);
    send(&a, [1]);
    assert!(timeout(ms(10), b.recv_segment()).await.is_err());
}

#[shard_mesh::test(leader = 0, followers = [1], start_paused = false)]
async fn a_latency_is_kept_on_the_real_clock(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(5));
    send(&a, 0..100);
    for (index, (segment, at)) in take(&b, 100, began).await.into_iter().enumerate() {
        assert_eq!(segment, index as u64);
        assert!(at >= 5, "after {at} ms");
    }
}

#[shard_mesh::test(leader = 0, followers = [1], flavor = "multi_thread", worker_threads = 4)]
async fn a_latency_is_kept_on_several_threads(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(1)..=ms(5));
    let sending = tokio::spawn(async move {
        for segment in 0..1000 {
            a.send_segment(ShardId(1), segment).await.unwrap();
        }
    });
    for expected in 0..1000 {
        assert_eq!(b.recv_segment().await, Some(expected));
    }
    sending.await.unwrap();
    assert!(began.elapsed() >= ms(1));
    assert_eq!(b.local_shard(), B);
}
