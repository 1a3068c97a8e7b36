//! The attribute above and below others, each test run once.

use rstest::rstest;
use shard_mesh::{Endpoint, ShardId, WalSegmentPayload};

use crate::{run_ignored, segment, ship, stdout};

#[shard_mesh::test(leader = 0, followers = [1])]
#[should_panic(expected = "as it should")]
async fn should_panic_below(_leader: Endpoint, _follower: Endpoint) {
    panic!("as it should");
}

#[should_panic(expected = "as it should")]
#[shard_mesh::test(leader = 0, followers = [1])]
async fn should_panic_above(_leader: Endpoint, _follower: Endpoint) {
    panic!("as it should");
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[should_panic(expected = "did not finish")]
#[ignore = "fails: `a_hang_is_not_the_panic_that_was_meant` runs it"]
async fn meant_to_panic_but_hangs(_leader: Endpoint, follower: Endpoint) {
    follower.recv_segment().await;
}

#[test]
fn a_hang_is_not_the_panic_that_was_meant() {
    let output = run_ignored("beside_others::meant_to_panic_but_hangs");
    let text = stdout(&output);
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("shard 1 waits in recv_segment"), "{text}");
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "never run"]
async fn ignored_below(_leader: Endpoint, _follower: Endpoint) {
    unreachable!("an ignored test was run");
}

#[ignore = "never run"]
#[shard_mesh::test(leader = 0, followers = [1])]
async fn ignored_above(_leader: Endpoint, _follower: Endpoint) {
    unreachable!("an ignored test was run");
}

/// Documented, and ignored by way of a condition.
#[cfg_attr(all(), ignore = "never run")]
#[shard_mesh::test(leader = 0, followers = [1])]
#[allow(
    clippy::unreachable,
    reason = "attributes of any kind are carried over"
)]
async fn ignored_by_cfg_attr(_leader: Endpoint, _follower: Endpoint) {
    unreachable!("an ignored test was run");
}

#[test_log::test]
#[shard_mesh::test(leader = 0, followers = [1])]
async fn test_log_above(leader: Endpoint, follower: Endpoint) {
    tracing::info!("shipping");
    ship(&leader, &follower).await;
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[test_log::test]
async fn test_log_below(leader: Endpoint, follower: Endpoint) {
    tracing::info!("shipping");
    ship(&leader, &follower).await;
}

#[rstest]
#[case(1)]
#[case::many(100)]
#[shard_mesh::test(leader = 0, followers = [1])]
async fn rstest_cases(
    #[case] segments: u64,
    #[ignore] leader: Endpoint,
    #[ignore] follower: Endpoint,
) {
    for number in 1..=segments {
        leader
            .send_segment(ShardId(1), segment(number))
            .await
            .unwrap();
    }
    for number in 1..=segments {
        assert_eq!(follower.recv_segment().await, Some(segment(number)));
    }
}

#[rstest]
#[shard_mesh::test(peers = 0..2)]
async fn rstest_values(
    #[values(1, 2)] number: u64,
    #[values("a", "b")] data: &'static str,
    #[ignore] a: Endpoint,
    #[ignore] b: Endpoint,
) {
    let segment = WalSegmentPayload::new(ShardId(0), number, data);
    a.send_segment(ShardId(1), segment.clone()).await.unwrap();
    assert_eq!(b.recv_segment().await, Some(segment));
}

#[shard_mesh::test(leader = 0)]
#[serial_test::serial]
async fn serial_without_a_return(leader: Endpoint) {
    assert_eq!(leader.local_shard(), ShardId(0));
}

#[shard_mesh::test(leader = 0)]
#[serial_test::serial]
async fn serial_with_a_result(leader: Endpoint) -> Result<(), String> {
    assert_eq!(leader.local_shard(), ShardId(0));
    Ok(())
}
