//! Whoever can go on is woken, whatever faults do meanwhile.

use std::future::poll_fn;
use std::pin::pin;

use shard_mesh::{Endpoint, InProcessTransportFactory, Mesh, Verdict};
use tokio::time::Instant;

use crate::support::{A, B, ms, run_all, send, waiting_receiver, waiting_sender, without_harness};

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_lost_segment_leaves_its_room_to_the_next_who_waits(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    send(&a, [1]);
    let first = waiting_sender(&a, 2).await;
    let second = waiting_sender(&a, 3).await;
    mesh.link(0, 1).loss(1.0);
    assert_eq!(b.recv_segment().await, Some(1));
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(began.elapsed(), ms(0));
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_segment_that_a_rule_drops_leaves_its_room_to_the_next_who_waits(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    send(&a, [1]);
    let first = waiting_sender(&a, 2).await;
    let second = waiting_sender(&a, 3).await;
    let _rule = mesh.rule(|m| match *m.payload {
        2 => Verdict::Drop,
        _ => Verdict::Pass,
    });
    assert_eq!(b.recv_segment().await, Some(1));
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(began.elapsed(), ms(0));
    assert_eq!(b.recv_segment().await, Some(3));
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_sender_of_an_older_life_does_not_keep_room_from_a_new_one(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    let old = waiting_sender(&a, 2).await;
    mesh.crash(0);
    let a = mesh.restart(0);
    assert_eq!(b.recv_segment().await, Some(1));
    let began = Instant::now();
    a.send_segment(B, 3).await.unwrap();
    assert_eq!(began.elapsed(), ms(0));
    assert!(old.await.unwrap().is_err());
    assert_eq!(b.recv_segment().await, Some(3));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_cancelled_receiver_does_not_take_the_alarm_with_it(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    let first = waiting_receiver(&b).await;
    let second = waiting_receiver(&b).await;
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    run_all().await;
    first.abort();
    assert_eq!(second.await.unwrap(), Some(1));
    assert_eq!(began.elapsed(), ms(10));
}

#[shard_mesh::test(leaders = [0, 2], followers = [1])]
async fn a_receiver_that_is_served_early_leaves_the_alarm_to_the_next(
    a: Endpoint<u64>,
    c: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    let first = waiting_receiver(&b).await;
    let second = waiting_receiver(&b).await;
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    run_all().await;
    send(&c, [2]);
    assert_eq!(first.await.unwrap(), Some(2));
    assert_eq!(second.await.unwrap(), Some(1));
    assert_eq!(began.elapsed(), ms(10));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn receivers_are_served_one_by_one_as_segments_are_due(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    let first = waiting_receiver(&b).await;
    let second = waiting_receiver(&b).await;
    let early = mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    early.heal();
    mesh.link(0, 1).latency(ms(20));
    send(&a, [2]);
    assert_eq!(first.await.unwrap(), Some(1));
    assert_eq!(second.await.unwrap(), Some(2));
    assert_eq!(began.elapsed(), ms(20));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn every_receiver_hears_of_the_end_once_the_last_held_segment_was_taken(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    let link = mesh.link(0, 1);
    link.hold();
    send(&a, [1]);
    drop(a);
    let first = waiting_receiver(&b).await;
    let second = waiting_receiver(&b).await;
    link.release();
    assert_eq!(first.await.unwrap(), Some(1));
    assert_eq!(second.await.unwrap(), None);
    assert_eq!(began.elapsed(), ms(0));
}

#[test]
fn a_receiver_hears_of_the_end_when_a_crash_takes_the_last_held_segment() {
    without_harness(async {
        let factory = InProcessTransportFactory::<u64>::new();
        let (a, b) = (factory.create(A), factory.create(B));
        factory.connect(A, B);
        let mesh = factory.mesh();
        mesh.link(0, 1).hold();
        send(&a, [1]);
        factory.disconnect(A, B);
        let waiting = waiting_receiver(&b).await;
        mesh.crash(0);
        let heard = tokio::time::timeout(ms(1000), waiting).await;
        assert_eq!(heard.expect("still waits").unwrap(), None);
    });
}

#[test]
fn without_a_harness_a_receiver_that_waits_gets_a_reordered_segment() {
    without_harness(async {
        let factory = InProcessTransportFactory::<u64>::new();
        let (a, b) = (factory.create(A), factory.create(B));
        factory.connect(A, B);
        let waiting = waiting_receiver(&b).await;
        factory.mesh().link(0, 1).reorder(1.0);
        send(&a, [1]);
        let received = tokio::time::timeout(ms(1000), waiting).await;
        assert_eq!(received.expect("still waits").unwrap(), Some(1));
    });
}

#[test]
fn without_a_harness_a_receiver_does_not_spin_while_segments_wait_to_be_overtaken() {
    without_harness(async {
        let factory = InProcessTransportFactory::<u64>::new();
        let (a, b) = (factory.create(A), factory.create(B));
        factory.connect(A, B);
        factory.mesh().link(0, 1).reorder(1.0);
        send(&a, [1]);
        tokio::time::advance(ms(1)).await;
        send(&a, [2]);
        let mut polls = 0;
        let mut receiving = pin!(b.recv_segment());
        let received = poll_fn(|cx| {
            polls += 1;
            // A task that spins keeps a paused clock from ever moving.
            assert!(polls < 100, "the receiver spins");
            receiving.as_mut().poll(cx)
        })
        .await;
        assert_eq!(received, Some(1));
    });
}
