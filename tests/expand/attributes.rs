/// The user's words.
#[shard_mesh::test(leader = 0)]
#[should_panic(expected = "no quorum")]
#[cfg_attr(miri, ignore)]
#[traced_test]
pub(crate) async fn all_attributes_go_outside(leader: Endpoint) {
    #![allow(clippy::unwrap_used)]
    leader.recv_segment().await.unwrap();
}

#[shard_mesh::test(leader = 0)]
#[test_log::test]
async fn is_registered_once(leader: Endpoint) {}

#[shard_mesh::test(leader = 0)]
#[test]
async fn is_registered_once_by_hand(leader: Endpoint) {}
