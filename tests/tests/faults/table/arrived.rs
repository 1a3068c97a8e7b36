//! The column "arrived, not received".

use shard_mesh::{Endpoint, Mesh};

use crate::support::{drain, ms, send};

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_cut_leaves_what_had_arrived(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    mesh.link(0, 1).cut().optional();
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_hold_leaves_what_had_arrived(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    mesh.link(0, 1).hold().optional();
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_latency_leaves_what_had_arrived(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    mesh.link(0, 1).latency(ms(10)).optional();
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_loss_leaves_what_had_arrived(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    mesh.link(0, 1).loss(1.0).optional();
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn duplication_leaves_what_had_arrived(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    mesh.link(0, 1).duplicate(1.0).optional();
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn reordering_leaves_what_had_arrived(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    mesh.link(0, 1).reorder(1.0).optional();
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_rate_leaves_what_had_arrived(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    mesh.link(0, 1).rate(1.0).optional();
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_crash_of_the_sender_leaves_what_had_arrived(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    mesh.crash(0);
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_crash_of_the_receiver_loses_what_had_arrived(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    send(&a, [1]);
    mesh.crash(1);
    assert_eq!(b.recv_segment().await, None);
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
    let b = mesh.restart(1);
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_pause_leaves_what_had_arrived(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send(&a, [1]);
    mesh.pause(1);
    assert_eq!(drain(&b), []);
    mesh.resume(1);
    assert_eq!(drain(&b), [1]);
}
