#[::core::prelude::v1::test]
fn a_single_link_needs_no_loop() {
    async fn a_single_link_needs_no_loop(leader: Endpoint, follower: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_single_link_needs_no_loop")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_7 = factory.create(::shard_mesh::ShardId(7));
            let shard_16 = factory.create(::shard_mesh::ShardId(16));
            factory.connect(::shard_mesh::ShardId(7), ::shard_mesh::ShardId(16));
            ::std::boxed::Box::new(a_single_link_needs_no_loop(shard_7, shard_16))
        });
}
#[::core::prelude::v1::test]
fn a_single_shard_has_no_link() {
    async fn a_single_shard_has_no_link(only: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_single_shard_has_no_link")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_5 = factory.create(::shard_mesh::ShardId(5));
            ::std::boxed::Box::new(a_single_shard_has_no_link(shard_5))
        });
}
