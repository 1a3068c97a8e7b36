#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn every_follower_gets_the_segment(leader: Endpoint, followers: [Endpoint; 2]) {
    let segment = WalSegmentPayload::new(leader.local_shard(), 1, b"put k v".as_slice());
    for follower in &followers {
        leader.send_segment(follower.local_shard(), segment.clone()).await.unwrap();
        assert_eq!(follower.recv_segment().await, Some(segment.clone()));
    }
}
