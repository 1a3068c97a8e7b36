#[::core::prelude::v1::test]
fn jostled() {
    async fn jostled(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "jostled")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            let mesh = &factory.mesh();
            let links = &mesh.all();
            links.loss(0.01);
            mesh.jostle(0.1);
            ::std::boxed::Box::new(jostled(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn jostled_as_a_constant_says() {
    async fn jostled_as_a_constant_says(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "jostled_as_a_constant_says")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            let mesh = &factory.mesh();
            mesh.jostle(config::JOSTLE);
            ::std::boxed::Box::new(jostled_as_a_constant_says(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn all_kinds() {
    async fn all_kinds(peers: [Endpoint; 3], mesh: Mesh) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "all_kinds")
        .seeds(0..256)
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            for (from, to) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            let mesh = &factory.mesh();
            mesh.chaos().all_kinds();
            ::std::boxed::Box::new(
                all_kinds([shard_0, shard_1, shard_2], factory.mesh()),
            )
        });
}
#[::core::prelude::v1::test]
fn some_kinds() {
    async fn some_kinds(peers: [Endpoint; 3], clients: [Endpoint; 2], mesh: Mesh) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "some_kinds")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            let shard_10 = factory.create(::shard_mesh::ShardId(10));
            let shard_11 = factory.create(::shard_mesh::ShardId(11));
            for (from, to) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            for (from, to) in [
                (10, 0),
                (0, 10),
                (10, 1),
                (1, 10),
                (10, 2),
                (2, 10),
                (11, 0),
                (0, 11),
                (11, 1),
                (1, 11),
                (11, 2),
                (2, 11),
            ] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            let mesh = &factory.mesh();
            let links = &mesh.all();
            links.loss(0.01);
            mesh.chaos()
                .kinds([
                    ::shard_mesh::Kind::Partition,
                    ::shard_mesh::Kind::OneWay,
                    ::shard_mesh::Kind::Crash,
                ])
                .clients(10..12);
            ::std::boxed::Box::new(
                some_kinds(
                    [shard_0, shard_1, shard_2],
                    [shard_10, shard_11],
                    factory.mesh(),
                ),
            )
        });
}
#[::core::prelude::v1::test]
fn many_clients() {
    async fn many_clients(
        leader: Endpoint,
        followers: Vec<Endpoint>,
        clients: Vec<Endpoint>,
    ) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "many_clients")
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
            let shard_12 = factory.create(::shard_mesh::ShardId(12));
            let shard_13 = factory.create(::shard_mesh::ShardId(13));
            let shard_14 = factory.create(::shard_mesh::ShardId(14));
            let shard_15 = factory.create(::shard_mesh::ShardId(15));
            let shard_16 = factory.create(::shard_mesh::ShardId(16));
            let shard_17 = factory.create(::shard_mesh::ShardId(17));
            let shard_18 = factory.create(::shard_mesh::ShardId(18));
            let shard_19 = factory.create(::shard_mesh::ShardId(19));
            for (from, to) in [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5)] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            for client in 10..20 {
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
            let mesh = &factory.mesh();
            mesh.chaos().all_kinds().clients(10..20);
            ::std::boxed::Box::new(
                many_clients(
                    shard_0,
                    ::std::vec![shard_1, shard_2, shard_3, shard_4, shard_5],
                    ::std::vec![
                        shard_10, shard_11, shard_12, shard_13, shard_14, shard_15,
                        shard_16, shard_17, shard_18, shard_19
                    ],
                ),
            )
        });
}
