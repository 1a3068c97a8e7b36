#[::core::prelude::v1::test]
fn everyone_hears_everyone() {
    async fn everyone_hears_everyone(peers: Vec<Endpoint>, mesh: Mesh) {
        assert_eq!(mesh.shards().len(), peers.len());
    }
    ::shard_mesh::Harness::new(::core::module_path!(), "everyone_hears_everyone")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            for (from, to) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            ::std::boxed::Box::new(
                everyone_hears_everyone(
                    ::std::vec![shard_0, shard_1, shard_2],
                    factory.mesh(),
                ),
            )
        });
}
