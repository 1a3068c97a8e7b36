/// The function is there all the same, without what would only lead to further errors.
#[shard_mesh::test(leadr = 0, followers = [1, 1], capacity = 0)]
#[tokio::test]
#[should_panic]
#[allow(dead_code)]
fn several_mistakes_are_told_at_once(leader: Endpoint) {
    leader.local_shard();
}

#[shard_mesh]
async fn main(leader: Endpoint) {}

#[shard_mesh::test(leader = 0)]
#[rstest]
#[case(1)]
async fn cases(#[ignore] leader: Endpoint, #[case] number: u64) {}
