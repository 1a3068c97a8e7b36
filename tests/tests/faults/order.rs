//! First in, first out per link, whatever faults come and go.

use shard_mesh::{Endpoint, Mesh};
use tokio::time::{Instant, advance};

use crate::support::{drain, ms, send, take};

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_is_due_but_was_not_looked_for_comes_before_what_is_sent_later(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let slow = mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    slow.heal();
    advance(ms(20)).await;
    send(&a, [2]);
    assert_eq!(drain(&b), [1, 2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_faster_link_does_not_overtake_what_is_due_already(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).latency(ms(0)..=ms(2));
    let mut sent = 0;
    for _ in 0..50 {
        send(&a, [sent + 1, sent + 2]);
        sent += 2;
        advance(ms(3)).await;
    }
    advance(ms(10)).await;
    assert_eq!(drain(&b), (1..=sent).collect::<Vec<_>>());
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_is_released_does_not_overtake_what_is_in_flight(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    let link = mesh.link(0, 1);
    link.latency(ms(10));
    send(&a, [1]);
    link.hold();
    send(&a, [2]);
    link.release();
    let order: Vec<_> = take(&b, 2, began).await;
    assert_eq!(order.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1, 2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_is_released_does_not_overtake_what_is_due(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    link.latency(ms(10));
    send(&a, [1]);
    let hold = link.hold();
    send(&a, [2]);
    advance(ms(20)).await;
    hold.heal();
    assert_eq!(drain(&b), [1, 2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_is_delivered_by_hand_does_not_overtake_what_is_due(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    link.latency(ms(10));
    send(&a, [1]);
    link.hold();
    send(&a, [2]);
    advance(ms(20)).await;
    link.deliver_next();
    assert_eq!(drain(&b), [1, 2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_was_due_when_its_sender_crashed_has_arrived(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    advance(ms(20)).await;
    mesh.crash(0);
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_is_due_waits_and_is_not_in_flight(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    advance(ms(20)).await;
    let stats = mesh.stats().link(0, 1);
    assert_eq!((stats.in_flight, stats.waiting), (0, 1));
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn nobody_queues_behind_what_a_cut_has_swallowed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    let slow = link.latency(ms(10_000));
    send(&a, [1]);
    link.cut().heal();
    slow.heal();
    send(&a, [2]);
    assert_eq!(drain(&b), [2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn nobody_queues_behind_what_a_crash_has_swallowed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let slow = mesh.link(0, 1).latency(ms(10_000));
    send(&a, [1]);
    slow.heal();
    mesh.crash(0);
    let a = mesh.restart(0);
    send(&a, [2]);
    assert_eq!(drain(&b), [2]);
}
