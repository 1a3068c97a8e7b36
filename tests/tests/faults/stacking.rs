//! Faults stack, and each ends by itself.

use shard_mesh::{Endpoint, Mesh, ShardId};

use crate::support::{A, B, drain, send, send_to};

const C: ShardId = ShardId(2);

#[shard_mesh::test(peers = 0..2)]
async fn a_link_can_be_cut_in_one_direction(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).cut();
    send(&a, [1]);
    send_to(&b, A, [2]);
    assert_eq!(drain(&b), []);
    assert_eq!(drain(&a), [2]);
}

#[shard_mesh::test(peers = 0..3)]
async fn overlapping_partitions_each_stand_until_healed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let first = mesh.partition([0], [1, 2]);
    let second = mesh.partition([0, 1], [2]);
    // Both cut 0 from 2; each cuts one pair more.
    let reached = |value| {
        send_to(&a, B, [value]);
        send_to(&a, C, [value]);
        send_to(&b, C, [value]);
        (drain(&b).len(), drain(&c).len())
    };
    assert_eq!(reached(1), (0, 0));
    first.heal();
    assert_eq!(reached(2), (1, 0));
    first.heal();
    assert_eq!(reached(3), (1, 0));
    second.heal();
    assert_eq!(reached(4), (1, 2));
}

#[shard_mesh::test(peers = 0..3)]
async fn isolation_cuts_both_ways_and_spares_the_rest(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let isolation = mesh.isolate(0);
    send_to(&a, B, [1]);
    send_to(&b, A, [2]);
    send_to(&b, C, [3]);
    assert_eq!((drain(&a), drain(&b), drain(&c)), (vec![], vec![], vec![3]));
    isolation.heal();
    send_to(&b, A, [4]);
    assert_eq!(drain(&a), [4]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn the_mesh_heals_every_cut_and_only_cuts(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    link.duplicate(1.0);
    let first = link.cut();
    mesh.isolate(1);
    send(&a, [1]);
    mesh.heal();
    send(&a, [2]);
    assert_eq!(drain(&b), [2, 2]);
    // A handle of a cut that is healed already does nothing.
    let third = link.cut();
    first.heal();
    send(&a, [3]);
    assert_eq!(drain(&b), []);
    third.heal();
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn holds_stack_and_the_last_one_releases(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let first = mesh.link(0, 1).hold();
    let second = mesh.all().hold();
    send(&a, [1, 2]);
    first.heal();
    assert_eq!(drain(&b), []);
    second.heal();
    second.heal();
    assert_eq!(drain(&b), [1, 2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn release_ends_every_hold(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let link = mesh.link(0, 1);
    link.hold();
    link.hold();
    send(&a, [1]);
    link.release();
    send(&a, [2]);
    assert_eq!(drain(&b), [1, 2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn deliver_next_takes_the_oldest_and_the_hold_stands(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    link.hold();
    send(&a, [1, 2]);
    link.deliver_next();
    send(&a, [3]);
    assert_eq!(drain(&b), [1]);
    link.deliver_next();
    link.deliver_next();
    link.deliver_next();
    assert_eq!(drain(&b), [2, 3]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_is_sent_on_a_held_link_that_is_cut_is_swallowed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    let hold = link.hold();
    send(&a, [1]);
    let cut = link.cut();
    send(&a, [2]);
    cut.heal();
    send(&a, [3]);
    hold.heal();
    assert_eq!(drain(&b), [1, 3]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_cut_link_carries_nothing_that_is_released(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    link.hold();
    send(&a, [1]);
    link.cut().optional();
    link.release();
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn of_two_losses_the_newer_rules_until_it_is_healed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    link.loss(1.0);
    let none = link.loss(0.0);
    send(&a, [1]);
    assert_eq!(drain(&b), [1]);
    none.heal();
    send(&a, [2]);
    assert_eq!(drain(&b), []);
}
