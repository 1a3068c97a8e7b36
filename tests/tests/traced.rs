//! The attribute beside `#[traced_test]`, which sets the subscriber of its whole process, and so
//! cannot share one with `#[test_log::test]`.

use shard_mesh::{Endpoint, ShardId, WalSegmentPayload};

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
