//! Reordered segments are overtaken by at most three that were sent later.

use shard_mesh::{Endpoint, InProcessTransportFactory, Mesh, ShardId};
use tokio::time::Instant;

use crate::support::{A, B, drain, ms, send, send_to, without_harness};

/// That each of `got` came after at most three that were sent after it, and none is missing.
fn at_most_three_overtook(got: &[u64], sent: u64) {
    for (place, segment) in got.iter().enumerate() {
        let overtook = got[..place].iter().filter(|other| *other > segment).count();
        assert!(
            overtook <= 3,
            "{segment} was overtaken by {overtook}: {got:?}"
        );
    }
    let mut all = got.to_vec();
    all.sort_unstable();
    assert_eq!(all, (1..=sent).collect::<Vec<_>>());
}

async fn receive(at: &Endpoint<u64>, count: usize) -> Vec<u64> {
    let mut got = Vec::new();
    for _ in 0..count {
        got.push(at.recv_segment().await.unwrap());
    }
    got
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn at_most_three_overtake_at_a_low_rate(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).reorder(0.1);
    send(&a, 1..=200);
    let got = receive(&b, 200).await;
    assert!(!got.is_sorted());
    at_most_three_overtook(&got, 200);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn at_most_three_overtake_at_a_high_rate(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).reorder(0.7);
    send(&a, 1..=200);
    at_most_three_overtook(&receive(&b, 200).await, 200);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn at_most_three_overtake_with_latency(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).reorder(0.1);
    mesh.link(0, 1).latency(ms(1)..=ms(20));
    send(&a, 1..=200);
    at_most_three_overtook(&receive(&b, 200).await, 200);
    assert!(began.elapsed() <= ms(20));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_nobody_overtakes_arrives_when_nothing_else_can_happen(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).reorder(1.0);
    send(&a, 1..=5);
    assert_eq!(drain(&b), []);
    assert_eq!(mesh.stats().link(0, 1).in_flight, 5);
    assert_eq!(receive(&b, 5).await, [1, 2, 3, 4, 5]);
    assert_eq!(began.elapsed(), ms(0));
    assert_eq!(mesh.stats().link(0, 1).reordered, 5);
}

#[shard_mesh::test(leaders = [0, 2], followers = [1])]
async fn a_segment_is_not_overtaken_across_links(
    a: Endpoint<u64>,
    c: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).reorder(1.0);
    send(&a, [1]);
    send_to(&c, ShardId(1), [11, 12, 13, 14, 15]);
    assert_eq!(drain(&b), [11, 12, 13, 14, 15]);
    assert_eq!(b.recv_segment().await, Some(1));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn the_last_words_of_a_sender_are_not_lost(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).reorder(1.0);
    send(&a, [1, 2]);
    drop(a);
    assert_eq!(b.recv_segment().await, Some(1));
    assert_eq!(b.recv_segment().await, Some(2));
    assert_eq!(b.recv_segment().await, None);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn settle_waits_for_reordered_segments(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).reorder(1.0);
    send(&a, [1]);
    let reader = tokio::spawn(async move { b.recv_segment().await });
    mesh.settle().await;
    assert!(reader.is_finished());
}

#[test]
fn without_a_harness_at_most_three_overtake_and_none_is_lost() {
    without_harness(async {
        let factory = InProcessTransportFactory::new();
        let (a, b) = (factory.create(A), factory.create(B));
        factory.connect(A, B);
        factory.mesh().link(0, 1).reorder(0.2);
        send(&a, 1..=200);
        at_most_three_overtook(&receive(&b, 200).await, 200);
    });
}

/// A receiver that had run out of patience with a segment, which waited for a slower one to overtake
/// it, looked again and again at the same moment, and let no time pass.
#[test]
fn one_that_waits_for_a_slower_one_to_overtake_it_lets_time_pass() {
    let (done, ends) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        without_harness(async move {
            let factory = InProcessTransportFactory::new();
            let (a, b) = (factory.create(A), factory.create(B));
            factory.connect(A, B);
            let mesh = factory.mesh();
            let reorder = mesh.link(0, 1).reorder(1.0);
            let fast = mesh.link(0, 1).latency(ms(1));
            send(&a, [1]);
            reorder.heal();
            fast.heal();
            mesh.link(0, 1).latency(ms(100));
            send(&a, [2]);
            assert_eq!(receive(&b, 2).await, [2, 1]);
            done.send(()).unwrap();
        });
    });
    let waited = ends.recv_timeout(std::time::Duration::from_secs(20));
    assert!(waited.is_ok(), "it still looks");
}
