//! Pages of small and large meshes.

use shard_mesh::{Endpoint, Mesh, ShardId};
use tokio::time::sleep;

use crate::child::check_page;
use crate::support::{Packet, drain, ms, put, send};

#[shard_mesh::test(leader = 0, followers = [1, 2], topology = duplex)]
#[ignore = "fails: `the_page_of_three_shards` runs it"]
async fn three_shards(leader: Endpoint<Packet>, followers: [Endpoint<Packet>; 2]) {
    for n in 1..=2 {
        for follower in &followers {
            send(&leader, follower.local_shard().0, put("k", n)).await;
            follower.recv_segment().await;
            send(follower, 0, Packet::Ack(n)).await;
        }
        sleep(ms(10)).await;
    }
    assert_eq!(
        drain(&leader).len(),
        3,
        "one acknowledgement for each write"
    );
}

#[test]
fn the_page_of_three_shards() {
    check_page("sizes::three_shards");
}

#[shard_mesh::test(peers = 0..8, latency = "2ms")]
#[ignore = "fails: `the_page_of_eight_shards` runs it"]
async fn eight_shards(peers: Vec<Endpoint<Packet>>, mesh: Mesh<Packet>) {
    for (from, peer) in (0..).zip(&peers) {
        send(peer, (from + 3) % 8, put("k", from)).await;
    }
    sleep(ms(2)).await;
    mesh.isolate(5);
    for (from, peer) in (0..).zip(&peers) {
        peer.recv_segment().await;
        send(peer, (from + 1) % 8, Packet::Ack(from)).await;
    }
    for peer in &peers {
        peer.recv_segment().await;
    }
}

#[test]
fn the_page_of_eight_shards() {
    check_page("sizes::eight_shards");
}

#[shard_mesh::test(leader = 0, followers = 1..50, topology = duplex)]
#[ignore = "fails: `the_page_of_fifty_shards` runs it"]
async fn fifty_shards(
    leader: Endpoint<Packet>,
    followers: Vec<Endpoint<Packet>>,
    mesh: Mesh<Packet>,
) {
    mesh.crash(17);
    mesh.link(0, 23).cut();
    for follower in followers {
        let shard = follower.local_shard();
        if shard == ShardId(17) {
            continue;
        }
        mesh.spawn(shard, async move {
            while let Some(Packet::Put { value, .. }) = follower.recv_segment().await {
                send(&follower, 0, Packet::Ack(value)).await;
            }
        });
    }
    for to in (1..50).filter(|to| *to != 17) {
        send(&leader, to, put("k", to)).await;
    }
    for _ in 1..50 {
        leader.recv_segment().await;
    }
}

#[test]
fn the_page_of_fifty_shards() {
    check_page("sizes::fifty_shards");
}
