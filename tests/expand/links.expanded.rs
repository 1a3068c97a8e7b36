#[::core::prelude::v1::test]
fn wired_by_hand() {
    async fn wired_by_hand(a: Endpoint, b: Endpoint, c: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "wired_by_hand")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(2));
            factory.connect(::shard_mesh::ShardId(2), ::shard_mesh::ShardId(0));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(2));
            ::std::boxed::Box::new(wired_by_hand(shard_0, shard_1, shard_2))
        });
}
#[::core::prelude::v1::test]
fn not_wired_at_all() {
    async fn not_wired_at_all(peers: [Endpoint; 2], mesh: Mesh) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "not_wired_at_all")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            ::std::boxed::Box::new(not_wired_at_all([shard_0, shard_1], factory.mesh()))
        });
}
