#[::core::prelude::v1::test]
fn both_ways() {
    async fn both_ways(leader: Endpoint, followers: Vec<Endpoint>) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "both_ways")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(2));
            factory.connect(::shard_mesh::ShardId(2), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(both_ways(shard_0, ::std::vec![shard_1, shard_2]))
        });
}
#[::core::prelude::v1::test]
fn all_to_all() {
    async fn all_to_all(leaders: [Endpoint; 2], follower: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "all_to_all")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            for (from, to) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            ::std::boxed::Box::new(all_to_all([shard_0, shard_1], shard_2))
        });
}
#[::core::prelude::v1::test]
fn in_the_order_written() {
    async fn in_the_order_written(peers: [Endpoint; 3]) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "in_the_order_written")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_3 = factory.create(::shard_mesh::ShardId(3));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            factory.connect(::shard_mesh::ShardId(3), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(2));
            ::std::boxed::Box::new(in_the_order_written([shard_3, shard_1, shard_2]))
        });
}
#[::core::prelude::v1::test]
fn a_ring_of_two_goes_there_and_back() {
    async fn a_ring_of_two_goes_there_and_back(peers: [Endpoint; 2]) {}
    ::shard_mesh::Harness::new(
            ::core::module_path!(),
            "a_ring_of_two_goes_there_and_back",
        )
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(a_ring_of_two_goes_there_and_back([shard_0, shard_1]))
        });
}
