//! Pages of tests that fail by a fault of the network.

use shard_mesh::{Endpoint, Mesh};
use tokio::time::sleep;

use crate::child::check_page;
use crate::support::{Packet, drain, ms, put, send};

// Only the last of these seeds fails: of several that fail at once, each prints its panic.
#[shard_mesh::test(leader = 0, followers = [1, 2], seeds = 0..10, loss = 0.1)]
#[ignore = "fails: `the_page_of_a_loss` runs it"]
async fn loss(leader: Endpoint<Packet>, followers: [Endpoint<Packet>; 2]) {
    for n in 1..=4 {
        for follower in &followers {
            send(&leader, follower.local_shard().0, put("k", n)).await;
        }
        sleep(ms(10)).await;
    }
    for follower in followers {
        let last = drain(&follower).pop();
        let shard = follower.local_shard();
        assert_eq!(last, Some(put("k", 4)), "shard {shard} has the last write");
    }
}

#[test]
fn the_page_of_a_loss() {
    check_page("faults::loss");
}

#[shard_mesh::test(peers = 0..3)]
#[ignore = "fails: `the_page_of_a_partition` runs it"]
async fn partition(peers: [Endpoint<Packet>; 3], mesh: Mesh<Packet>) {
    let [a, b, c] = &peers;
    send(a, 1, put("k", 1)).await;
    b.recv_segment().await.unwrap();
    send(b, 0, Packet::Ack(1)).await;
    a.recv_segment().await.unwrap();
    sleep(ms(20)).await;
    mesh.partition([0, 1], [2]);
    for n in 2..=3 {
        send(a, 1, put("k", n)).await;
        send(a, 2, put("k", n)).await;
        sleep(ms(5)).await;
    }
    drain(b);
    c.recv_segment().await;
}

#[test]
fn the_page_of_a_partition() {
    check_page("faults::partition");
}

#[shard_mesh::test(leader = 0, followers = [1], topology = duplex, capacity = 4)]
#[ignore = "fails: `the_page_of_a_hold` runs it"]
async fn hold(leader: Endpoint<Packet>, follower: Endpoint<Packet>, mesh: Mesh<Packet>) {
    send(&leader, 1, put("k", 1)).await;
    follower.recv_segment().await;
    mesh.link(&leader, &follower).hold();
    for n in 2..=6 {
        send(&leader, 1, put("k", n)).await;
        sleep(ms(1)).await;
    }
}

#[test]
fn the_page_of_a_hold() {
    check_page("faults::hold");
}

#[shard_mesh::test(leader = 0, followers = [1, 2], topology = duplex, latency = "3ms")]
#[ignore = "fails: `the_page_of_a_crash` runs it"]
async fn crash(leader: Endpoint<Packet>, followers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    let [first, second] = followers;
    send(&leader, 1, put("a", 1)).await;
    send(&leader, 2, put("a", 1)).await;
    first.recv_segment().await;
    second.recv_segment().await;
    send(&leader, 1, put("b", 2)).await;
    send(&leader, 2, put("b", 2)).await;
    sleep(ms(1)).await;
    mesh.crash(&first);
    sleep(ms(10)).await;
    let first = mesh.restart(&first);
    send(&leader, 1, put("c", 3)).await;
    let next = first.recv_segment().await;
    assert_eq!(next, Some(put("b", 2)), "nothing is skipped");
}

#[test]
fn the_page_of_a_crash() {
    check_page("faults::crash");
}

/// Counts a write twice that comes twice.
async fn apply_all(follower: Endpoint<Packet>) -> u64 {
    let mut sum = 0;
    while let Some(Packet::Put { value, .. }) = follower.recv_segment().await {
        sum += value;
    }
    sum
}

#[shard_mesh::test(leader = 0, followers = [1], seeds = 0..9, duplicate = 0.05)]
#[ignore = "fails: `the_page_of_a_duplicate` runs it"]
async fn duplicate(leader: Endpoint<Packet>, follower: Endpoint<Packet>, mesh: Mesh<Packet>) {
    let applied = mesh.spawn(1, apply_all(follower));
    for n in 1..=5 {
        send(&leader, 1, put("counter", n)).await;
        sleep(ms(1)).await;
    }
    drop(leader);
    assert_eq!(applied.await.unwrap(), Some(15), "each write counts once");
}

#[test]
fn the_page_of_a_duplicate() {
    check_page("faults::duplicate");
}

#[shard_mesh::test(leader = 0, followers = [1], seeds = 0..2, reorder = 0.05)]
#[ignore = "fails: `the_page_of_a_reordered_log` runs it"]
async fn reordered_log(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    for n in 1..=6 {
        send(&leader, 1, put("log", n)).await;
    }
    sleep(ms(1)).await;
    let log = drain(&follower);
    let in_order: Vec<_> = (1..=6).map(|n| put("log", n)).collect();
    assert_eq!(log, in_order);
}

#[test]
fn the_page_of_a_reordered_log() {
    check_page("faults::reordered_log");
}

#[shard_mesh::test(peers = 0..4)]
#[ignore = "fails: `the_page_of_all_that_was_done_to_shards` runs it"]
async fn shards(peers: [Endpoint<Packet>; 4], mesh: Mesh<Packet>) {
    let [a, ..] = &peers;
    let cut = mesh.link(0, 1).cut();
    send(a, 1, put("k", 1)).await;
    mesh.clock(1).behind(ms(3000));
    mesh.clock(1).drift(0.9);
    sleep(ms(5)).await;
    cut.heal();
    mesh.crash(2);
    mesh.pause(3);
    sleep(ms(5)).await;
    let _second = mesh.restart(2);
    mesh.resume(3);
    sleep(ms(5)).await;
    mesh.pause(3);
    mesh.crash(2);
    panic!("it fails");
}

#[test]
fn the_page_of_all_that_was_done_to_shards() {
    check_page("faults::shards");
}
