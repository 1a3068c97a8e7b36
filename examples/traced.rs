//! A follower that traces what it does, and the mesh's own events in line with it.
//!
//! Learn from it: with the cargo feature `tracing` every event of the mesh is one of `tracing` too, by
//! the target `shard_mesh`, at the level `TRACE`, or `DEBUG` where something goes wrong; so whoever
//! traces already sees the network between the lines of the system. It leans on the promise that the
//! mesh notes what happens in the order in which it does, at times of the test's own clock.
//!
//! `cargo run --example traced`

use std::io::IsTerminal;
use std::time::Duration;

use shard_mesh::{Endpoint, Mesh, ShardId, WalSegmentPayload};

/// Applies segments until the leader has gone.
async fn follow(follower: Endpoint) {
    while let Some(segment) = follower.recv_segment().await {
        tracing::info!(number = segment.number(), "applied");
    }
}

/// Ships three segments, of which a cut takes the second.
async fn ship(leader: Endpoint, mesh: &Mesh) {
    for number in 1..=3 {
        let cut = (number == 2).then(|| mesh.link(0, 1).cut());
        let segment = WalSegmentPayload::new(ShardId(0), number, "put k v");
        leader.send_segment(ShardId(1), segment).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        if let Some(cut) = cut {
            cut.heal();
        }
    }
}

#[shard_mesh::shard_mesh(leader = 0, followers = [1])]
async fn main(leader: Endpoint, follower: Endpoint, mesh: Mesh) {
    tracing_subscriber::fmt()
        .with_ansi(std::io::stdout().is_terminal())
        .without_time() // each event of the mesh says `at`, by the clock of the test
        .with_max_level(tracing::Level::TRACE)
        .init();
    let following = mesh.spawn(1, follow(follower));
    ship(leader, &mesh).await;
    following.await.unwrap();
}

#[tracing_test::traced_test]
#[shard_mesh::test(leader = 0, followers = [1])]
async fn the_events_of_the_mesh_stand_between_those_of_the_system(
    leader: Endpoint,
    follower: Endpoint,
    mesh: Mesh,
) {
    mesh.spawn(1, follow(follower));
    ship(leader, &mesh).await;
    mesh.settle().await;
    let in_order = [
        "shard_mesh: sent from=0 to=1 segment=1 at=0s",
        "shard_mesh: received from=0 to=1 segment=1 at=0s",
        "applied number=1",
        "shard_mesh: began fault=cut (",
        "shard_mesh: lost to a cut from=0 to=1 segment=2 at=5ms",
        "shard_mesh: ended fault=cut (",
        "applied number=3",
    ];
    logs_assert(|lines| {
        let mut lines = lines.iter();
        let missing = in_order
            .iter()
            .find(|words| !lines.any(|line| line.contains(**words)));
        missing.map_or(Ok(()), |words| {
            Err(format!("{words} is missing, or not in its place"))
        })
    });
    assert!(logs_contain("shard_mesh: endpoint dropped shard=1 at=15ms"));
}
