#[::core::prelude::v1::test]
fn every_follower_gets_the_segment() {
    async fn every_follower_gets_the_segment(
        leader: Endpoint,
        followers: [Endpoint; 2],
    ) {
        let segment = WalSegmentPayload::new(
            leader.local_shard(),
            1,
            b"put k v".as_slice(),
        );
        for follower in &followers {
            leader.send_segment(follower.local_shard(), segment.clone()).await.unwrap();
            assert_eq!(follower.recv_segment(). await, Some(segment.clone()));
        }
    }
    ::shard_mesh::Harness::new(::core::module_path!(), "every_follower_gets_the_segment")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(2));
            ::std::boxed::Box::new(
                every_follower_gets_the_segment(shard_0, [shard_1, shard_2]),
            )
        });
}
