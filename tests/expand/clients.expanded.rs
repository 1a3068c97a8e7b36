#[::core::prelude::v1::test]
fn one_client() {
    async fn one_client(peers: [Endpoint; 2], client: Endpoint, mesh: Mesh) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "one_client")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_10 = factory.create(::shard_mesh::ShardId(10));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            factory.connect(::shard_mesh::ShardId(10), ::shard_mesh::ShardId(0));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(10));
            factory.connect(::shard_mesh::ShardId(10), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(10));
            ::std::boxed::Box::new(
                one_client([shard_0, shard_1], shard_10, factory.mesh()),
            )
        });
}
#[::core::prelude::v1::test]
fn beside_roles() {
    async fn beside_roles(
        leader: Endpoint,
        followers: Vec<Endpoint>,
        clients: Vec<Endpoint>,
    ) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "beside_roles")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            let shard_3 = factory.create(::shard_mesh::ShardId(3));
            let shard_4 = factory.create(::shard_mesh::ShardId(4));
            let shard_5 = factory.create(::shard_mesh::ShardId(5));
            let shard_10 = factory.create(::shard_mesh::ShardId(10));
            let shard_11 = factory.create(::shard_mesh::ShardId(11));
            for (from, to) in [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5)] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            for client in 10..12 {
                for shard in 0..6 {
                    factory
                        .connect(
                            ::shard_mesh::ShardId(client),
                            ::shard_mesh::ShardId(shard),
                        );
                    factory
                        .connect(
                            ::shard_mesh::ShardId(shard),
                            ::shard_mesh::ShardId(client),
                        );
                }
            }
            ::std::boxed::Box::new(
                beside_roles(
                    shard_0,
                    ::std::vec![shard_1, shard_2, shard_3, shard_4, shard_5],
                    ::std::vec![shard_10, shard_11],
                ),
            )
        });
}
#[::core::prelude::v1::test]
fn beside_links() {
    async fn beside_links(one: Endpoint, others: [Endpoint; 2], client: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "beside_links")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            let shard_3 = factory.create(::shard_mesh::ShardId(3));
            let shard_9 = factory.create(::shard_mesh::ShardId(9));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(2));
            for (from, to) in [(9, 1), (1, 9), (9, 2), (2, 9), (9, 3), (3, 9)] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            ::std::boxed::Box::new(beside_links(shard_1, [shard_2, shard_3], shard_9))
        });
}
