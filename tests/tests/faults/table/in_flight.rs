//! The column "in flight when it begins".

use shard_mesh::{Endpoint, Mesh};
use tokio::time::{Instant, advance};

use crate::support::{drain, ms, send, take};

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_cut_loses_what_is_in_flight(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.link(0, 1).cut().heal();
    advance(ms(20)).await;
    assert_eq!(drain(&b), []);
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
    assert_eq!(began.elapsed(), ms(20));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_hold_lets_arrive_what_is_in_flight(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.link(0, 1).hold().optional();
    assert_eq!(take(&b, 1, began).await, [(1, 10)]);
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_new_latency_leaves_what_is_in_flight(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.link(0, 1).latency(ms(50)).optional();
    assert_eq!(take(&b, 1, began).await, [(1, 10)]);
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_loss_leaves_what_is_in_flight(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.link(0, 1).loss(1.0).optional();
    assert_eq!(take(&b, 1, began).await, [(1, 10)]);
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn duplication_leaves_what_is_in_flight(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.link(0, 1).duplicate(1.0).optional();
    assert_eq!(take(&b, 1, began).await, [(1, 10)]);
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn reordering_leaves_what_is_in_flight(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.link(0, 1).reorder(1.0);
    send(&a, [2]);
    assert_eq!(take(&b, 2, began).await, [(1, 10), (2, 10)]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_rate_leaves_what_is_in_flight(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.link(0, 1).rate(1.0).optional();
    assert_eq!(take(&b, 1, began).await, [(1, 10)]);
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_crash_of_the_sender_loses_what_is_in_flight(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.crash(0);
    advance(ms(20)).await;
    assert_eq!(drain(&b), []);
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
    assert_eq!(began.elapsed(), ms(20));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_crash_of_the_receiver_loses_what_is_in_flight(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.crash(1);
    drop(b);
    let b = mesh.restart(1);
    advance(ms(20)).await;
    assert_eq!(drain(&b), []);
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
    assert_eq!(began.elapsed(), ms(20));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_pause_lets_arrive_what_is_in_flight(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    mesh.pause(1);
    advance(ms(20)).await;
    assert_eq!(drain(&b), []);
    mesh.resume(1);
    assert_eq!(take(&b, 1, began).await, [(1, 20)]);
}
