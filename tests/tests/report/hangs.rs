//! Pages of tests that hang.

use std::time::Duration;

use shard_mesh::{Endpoint, Mesh};
use tokio::time::sleep;

use crate::child::check_page;
use crate::support::{Packet, ms, put, send};

/// Sends more than the link takes, and receives only then.
async fn sends_first(at: Endpoint<Packet>, to: u64) {
    for n in 1..=2 {
        send(&at, to, put("k", n)).await;
    }
    at.recv_segment().await;
}

#[shard_mesh::test(peers = 0..2, capacity = 1)]
#[ignore = "fails: `the_page_of_a_deadlock` runs it"]
async fn deadlock(a: Endpoint<Packet>, b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    let a = mesh.spawn(0, sends_first(a, 1));
    let b = mesh.spawn(1, sends_first(b, 0));
    a.await.unwrap();
    b.await.unwrap();
}

#[test]
fn the_page_of_a_deadlock() {
    check_page("hangs::deadlock");
}

async fn beats(from: Endpoint<Packet>, to: u64) {
    loop {
        send(&from, to, Packet::Beat).await;
        sleep(Duration::from_secs(1)).await;
    }
}

#[shard_mesh::test(peers = 0..3)]
#[ignore = "fails: `the_page_of_a_starvation_behind_a_heartbeat` runs it"]
async fn heartbeat(peers: [Endpoint<Packet>; 3], mesh: Mesh<Packet>) {
    let [a, b, c] = peers;
    mesh.spawn(0, beats(a, 1));
    mesh.spawn(1, {
        let b = b.clone();
        async move { while b.recv_segment().await.is_some() {} }
    });
    sleep(ms(2500)).await;
    send(&b, 2, put("k", 1)).await;
    c.recv_segment().await;
    // The second write never comes.
    c.recv_segment().await;
}

#[test]
fn the_page_of_a_starvation_behind_a_heartbeat() {
    check_page("hangs::heartbeat");
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[should_panic(expected = "the follower is behind")]
#[ignore = "fails: `the_page_of_a_test_that_hangs_where_it_should_panic` runs it"]
async fn hang_in_place_of_a_panic(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    send(&leader, 1, put("k", 1)).await;
    follower.recv_segment().await;
    follower.recv_segment().await;
    panic!("the follower is behind");
}

#[test]
fn the_page_of_a_test_that_hangs_where_it_should_panic() {
    check_page("hangs::hang_in_place_of_a_panic");
}

#[shard_mesh::test(leader = 0, followers = [1, 2])]
#[ignore = "fails: `the_page_of_tasks_that_wait_for_something_else` runs it"]
async fn elsewhere(leader: Endpoint<Packet>, followers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    let (_asks, answer) = tokio::sync::oneshot::channel::<()>();
    let waits = mesh.spawn(0, async { answer.await.unwrap() });
    mesh.spawn(1, async {}).await.unwrap();
    mesh.pause(2);
    mesh.spawn(2, std::future::pending::<()>());
    waits.await.unwrap();
    drop((leader, followers));
}

#[test]
fn the_page_of_tasks_that_wait_for_something_else() {
    check_page("hangs::elsewhere");
}

/// Two nodes that outbid each other, each when it hears of the other's ballot.
#[shard_mesh::test(peers = 0..2, latency = "1ms", timeout = "2s")]
#[ignore = "fails: `the_page_of_a_livelock` runs it"]
async fn livelock(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    for peer in peers {
        mesh.host(peer, async |at: Endpoint<Packet>| {
            let me = at.local_shard().0;
            let mut ballot = me + 1;
            send(&at, 1 - me, put("prepare", ballot)).await;
            while let Some(packet) = at.recv_segment().await {
                match packet {
                    Packet::Put { value, .. } if value > ballot => {
                        // It does not wait for the other to be done.
                        ballot = value + 1;
                        send(&at, 1 - me, put("prepare", ballot)).await;
                    }
                    Packet::Put { .. } => send(&at, 1 - me, Packet::Ack(ballot)).await,
                    Packet::Ack(_) | Packet::Beat => {}
                }
            }
        });
    }
    mesh.until("one has prepared", || false).await;
}

#[test]
fn the_page_of_a_livelock() {
    check_page("hangs::livelock");
}
