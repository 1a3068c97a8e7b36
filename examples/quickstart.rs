//! The smallest test that ships a segment from a leader to its followers, and the same as a
//! program.
//!
//! Learn from it: one attribute makes the mesh, wires it and hands the endpoints over as
//! arguments. It leans on the promises that a link delivers what was sent on it, and that the mesh
//! counts each segment (`mesh.stats()`).
//!
//! `cargo run --example quickstart`; and to see what a failure looks like,
//! `cargo test --example quickstart -- --ignored`.

use shard_mesh::{Endpoint, Mesh, WalSegmentPayload};

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn every_follower_gets_the_segment(leader: Endpoint, followers: [Endpoint; 2]) {
    let segment = WalSegmentPayload::new(leader.local_shard(), 1, b"put k v".as_slice());
    for follower in &followers {
        leader
            .send_segment(follower.local_shard(), segment.clone())
            .await
            .unwrap();
        assert_eq!(follower.recv_segment().await, Some(segment.clone()));
    }
}

/// A leader that sends each segment once is not enough for a network that loses some.
#[shard_mesh::test(leader = 0, followers = [1, 2], latency = "1ms..9ms", loss = 0.02, seeds = 0..256)]
#[ignore = "fails, to show what that looks like"]
async fn both_followers_have_the_whole_log(leader: Endpoint, followers: [Endpoint; 2]) {
    for number in 1..=5 {
        let segment = WalSegmentPayload::new(leader.local_shard(), number, b"put k v".as_slice());
        for follower in &followers {
            let to = follower.local_shard();
            leader.send_segment(to, segment.clone()).await.unwrap();
        }
    }
    drop(leader); // so that `recv_segment` is `None` in the end
    for follower in &followers {
        let mut log = Vec::new();
        while let Some(segment) = follower.recv_segment().await {
            log.push(segment.number());
        }
        assert_eq!(log, [1, 2, 3, 4, 5], "on follower {}", follower.local_shard());
    }
}

// On `main` the attribute makes a program instead of a test. One parameter more than there are
// shards is the handle to the mesh.
#[shard_mesh::shard_mesh(leader = 0, followers = [1, 2])]
async fn main(leader: Endpoint, followers: [Endpoint; 2], mesh: Mesh) {
    let segment = WalSegmentPayload::new(leader.local_shard(), 1, b"put k v".as_slice());
    for follower in &followers {
        let to = follower.local_shard();
        leader.send_segment(to, segment.clone()).await.unwrap();
        let received = follower.recv_segment().await.unwrap();
        println!("shard {to} received {received:?}");
    }
    println!("\n{}", mesh.stats());
}
