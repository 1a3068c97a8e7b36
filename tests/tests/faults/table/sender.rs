//! The column "a sender that waits for room".

use shard_mesh::{Endpoint, Mesh, TransportError};
use tokio::time::Instant;

use crate::support::{drain, ms, run_all, send, take, waiting_sender};

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_that_waits_when_a_cut_begins_is_told_ok_and_swallowed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.link(0, 1).cut();
    waiting.await.unwrap().unwrap();
    assert_eq!(drain(&b), [1]);
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_waits_on_when_a_hold_begins(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    let hold = mesh.link(0, 1).hold();
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    assert_eq!(drain(&b), []);
    hold.heal();
    assert_eq!(drain(&b), [2]);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_waits_for_room_on_a_held_link(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    let hold = mesh.link(0, 1).hold();
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    let third = waiting_sender(&a, 3).await;
    hold.heal();
    assert_eq!(drain(&b), [2]);
    third.await.unwrap().unwrap();
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_waits_on_when_a_latency_begins(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    let third = waiting_sender(&a, 3).await;
    assert_eq!(take(&b, 1, began).await, [(2, 10)]);
    third.await.unwrap().unwrap();
    assert_eq!(take(&b, 1, began).await, [(3, 20)]);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_waits_on_when_a_loss_begins(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.link(0, 1).loss(1.0);
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_waits_on_when_duplication_begins_and_copies_take_no_room(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.link(0, 1).duplicate(1.0);
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    let third = waiting_sender(&a, 3).await;
    assert_eq!(b.recv_segment().await, Some(2));
    third.await.unwrap().unwrap();
    assert_eq!(drain(&b), [2, 3, 3]);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_waits_on_when_reordering_begins(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.link(0, 1).reorder(1.0);
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    assert_eq!(b.recv_segment().await, Some(2));
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_waits_on_when_a_rate_begins(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    let began = Instant::now();
    mesh.link(0, 1).rate(100.0);
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    assert_eq!(take(&b, 1, began).await, [(2, 10)]);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_that_waits_is_told_closed_when_it_crashes(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.crash(0);
    assert_eq!(waiting.await.unwrap(), Err(TransportError::Closed));
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_that_waits_is_told_closed_when_the_receiver_crashes(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.crash(1);
    assert_eq!(waiting.await.unwrap(), Err(TransportError::Closed));
    assert_eq!(b.recv_segment().await, None);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_waits_on_when_the_receiver_is_paused(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.pause(1);
    run_all().await;
    assert_eq!(drain(&b), []);
    assert!(!waiting.is_finished());
    mesh.resume(1);
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    assert_eq!(drain(&b), [2]);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_that_waits_does_not_meet_a_cut_that_is_healed_before_it_runs(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.link(0, 1).cut().optional().heal();
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(b.recv_segment().await, Some(1));
    waiting.await.unwrap().unwrap();
    assert_eq!(drain(&b), [2]);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_that_waits_is_told_closed_though_the_receiver_is_back_at_once(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.crash(1);
    let back = mesh.restart(1);
    assert_eq!(waiting.await.unwrap(), Err(TransportError::Closed));
    assert_eq!(drain(&back), []);
    drop(b);
}
