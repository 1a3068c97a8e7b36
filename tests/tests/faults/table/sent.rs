//! The column "sent during it".

use shard_mesh::{Endpoint, Mesh, TransportError};
use tokio::time::Instant;

use crate::support::{B, drain, ms, send, take};

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_cut_link_swallows_and_says_ok(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let cut = mesh.link(0, 1).cut();
    assert_eq!(a.send_segment(B, 1).await, Ok(()));
    cut.heal();
    assert_eq!(drain(&b), []);
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_held_link_keeps_all_in_order(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let hold = mesh.link(0, 1).hold();
    send(&a, 1..=3);
    assert_eq!(drain(&b), []);
    assert_eq!(mesh.stats().link(0, 1).held, 3);
    hold.heal();
    assert_eq!(drain(&b), [1, 2, 3]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_slow_link_delivers_later_and_in_order(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1, 2]);
    assert_eq!(drain(&b), []);
    assert_eq!(take(&b, 2, began).await, [(1, 10), (2, 10)]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_lossy_link_may_swallow_and_says_ok(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).loss(0.5);
    for n in 1..=200 {
        assert_eq!(a.send_segment(B, n).await, Ok(()));
    }
    let got = drain(&b);
    assert!((50..150).contains(&got.len()), "{} of 200", got.len());
    assert!(got.is_sorted());
    assert_eq!(mesh.stats().link(0, 1).dropped, 200 - got.len() as u64);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_duplicating_link_delivers_twice(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).duplicate(1.0);
    send(&a, [1, 2]);
    assert_eq!(drain(&b), [1, 1, 2, 2]);
    assert_eq!(mesh.stats().link(0, 1).duplicated, 2);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_reordering_link_lets_later_ones_overtake(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let reorder = mesh.link(0, 1).reorder(1.0);
    send(&a, [1]);
    reorder.heal();
    send(&a, [2, 3, 4]);
    let got = drain(&b);
    assert_eq!(got[0], 2);
    assert!(got.contains(&1) && got.len() == 4, "{got:?}");
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_rated_link_queues_behind_what_is_on_the_wire(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).rate(100.0);
    send(&a, [1, 2, 3]);
    assert_eq!(take(&b, 3, began).await, [(1, 10), (2, 20), (3, 30)]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_crashed_sender_is_told_closed(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.crash(0);
    assert_eq!(a.send_segment(B, 1).await, Err(TransportError::Closed));
    assert_eq!(drain(&b), []);
    assert_eq!(mesh.stats().link(0, 1).sent, 0);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn who_sends_to_a_crashed_receiver_is_told_closed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.crash(1);
    assert_eq!(a.send_segment(B, 1).await, Err(TransportError::Closed));
    assert_eq!(mesh.stats().link(0, 1).sent, 0);
    drop(b);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_is_sent_to_a_paused_shard_arrives_and_is_not_received(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.pause(1);
    send(&a, [1]);
    assert_eq!(drain(&b), []);
    assert_eq!(mesh.stats().link(0, 1).waiting, 1);
    mesh.resume(1);
    assert_eq!(drain(&b), [1]);
}
