//! The attribute beside `#[traced_test]`, which sets the subscriber of its whole process, and so
//! cannot share one with `#[test_log::test]`. And the mesh's own events, in line with those of the test.

use shard_mesh::{Endpoint, Mesh, ShardId, WalSegmentPayload};

async fn ship(from: &Endpoint, to: &Endpoint) {
    let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
    from.send_segment(to.local_shard(), segment.clone())
        .await
        .unwrap();
    assert_eq!(to.recv_segment().await, Some(segment));
}

#[tracing_test::traced_test]
#[shard_mesh::test(leader = 0, followers = [1])]
async fn traced_test_above(leader: Endpoint, follower: Endpoint) {
    tracing::info!("shipping");
    ship(&leader, &follower).await;
    assert!(logs_contain("shipping"));
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[tracing_test::traced_test]
async fn traced_test_below(leader: Endpoint, follower: Endpoint) {
    tracing::info!("shipping");
    ship(&leader, &follower).await;
    assert!(logs_contain("shipping"));
}

#[tracing_test::traced_test]
#[shard_mesh::test(leader = 0, followers = [1])]
async fn the_events_of_the_mesh_are_traced(leader: Endpoint, follower: Endpoint, mesh: Mesh) {
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    ship(&leader, &follower).await;
    assert!(logs_contain(
        "shard_mesh: sent from=0 to=1 segment=1 at=5ms"
    ));
    assert!(logs_contain(
        "shard_mesh: received from=0 to=1 segment=1 at=5ms"
    ));
    let cut = mesh.link(0, 1).cut();
    assert!(logs_contain("shard_mesh: began fault=cut"));
    let segment = WalSegmentPayload::new(ShardId(0), 2, "put k w");
    leader.send_segment(ShardId(1), segment).await.unwrap();
    assert!(logs_contain(
        "shard_mesh: lost to a cut from=0 to=1 segment=2 at=5ms"
    ));
    cut.heal();
    assert!(logs_contain("shard_mesh: ended fault=cut"));
    mesh.crash(1);
    assert!(logs_contain("shard_mesh: crashed shard=1 at=5ms"));
}
