#[::core::prelude::v1::test]
fn a_large_star() {
    async fn a_large_star(leader: Endpoint, followers: Vec<Endpoint>) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_large_star")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shards = (1..=1000)
                .map(|id| factory.create(::shard_mesh::ShardId(id)))
                .collect();
            for follower in 1..=1000 {
                factory
                    .connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(follower));
            }
            ::std::boxed::Box::new(a_large_star(shard_0, shards))
        });
}
#[::core::prelude::v1::test]
fn a_large_duplex_star() {
    async fn a_large_duplex_star(
        leaders: [Endpoint; 20],
        followers: Vec<Arc<dyn Transport>>,
    ) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_large_duplex_star")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            let shard_3 = factory.create(::shard_mesh::ShardId(3));
            let shard_4 = factory.create(::shard_mesh::ShardId(4));
            let shard_5 = factory.create(::shard_mesh::ShardId(5));
            let shard_6 = factory.create(::shard_mesh::ShardId(6));
            let shard_7 = factory.create(::shard_mesh::ShardId(7));
            let shard_8 = factory.create(::shard_mesh::ShardId(8));
            let shard_9 = factory.create(::shard_mesh::ShardId(9));
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
            let shards = (20..1000)
                .map(|id| factory.create(::shard_mesh::ShardId(id)) as _)
                .collect();
            for leader in 0..20 {
                for follower in 20..1000 {
                    factory
                        .connect(
                            ::shard_mesh::ShardId(leader),
                            ::shard_mesh::ShardId(follower),
                        );
                    factory
                        .connect(
                            ::shard_mesh::ShardId(follower),
                            ::shard_mesh::ShardId(leader),
                        );
                }
            }
            ::std::boxed::Box::new(
                a_large_duplex_star(
                    [
                        shard_0,
                        shard_1,
                        shard_2,
                        shard_3,
                        shard_4,
                        shard_5,
                        shard_6,
                        shard_7,
                        shard_8,
                        shard_9,
                        shard_10,
                        shard_11,
                        shard_12,
                        shard_13,
                        shard_14,
                        shard_15,
                        shard_16,
                        shard_17,
                        shard_18,
                        shard_19,
                    ],
                    shards,
                ),
            )
        });
}
#[::core::prelude::v1::test]
fn a_large_mesh() {
    async fn a_large_mesh(first: Endpoint, others: Vec<Endpoint>, mesh: Mesh) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_large_mesh")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shards = (1..1000)
                .map(|id| factory.create(::shard_mesh::ShardId(id)))
                .collect();
            for from in 0..1000 {
                for to in 0..1000 {
                    if from != to {
                        factory
                            .connect(
                                ::shard_mesh::ShardId(from),
                                ::shard_mesh::ShardId(to),
                            );
                    }
                }
            }
            ::std::boxed::Box::new(a_large_mesh(shard_0, shards, factory.mesh()))
        });
}
#[::core::prelude::v1::test]
fn a_large_mesh_of_strangers() {
    async fn a_large_mesh_of_strangers(all: Vec<Endpoint>) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_large_mesh_of_strangers")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shards = [9]
                .into_iter()
                .chain(100..=200)
                .map(|id| factory.create(::shard_mesh::ShardId(id)))
                .collect();
            for from in [9].into_iter().chain(100..=200) {
                for to in [9].into_iter().chain(100..=200) {
                    if from != to {
                        factory
                            .connect(
                                ::shard_mesh::ShardId(from),
                                ::shard_mesh::ShardId(to),
                            );
                    }
                }
            }
            ::std::boxed::Box::new(a_large_mesh_of_strangers(shards))
        });
}
#[::core::prelude::v1::test]
fn a_large_ring() {
    async fn a_large_ring(all: Vec<Endpoint>) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_large_ring")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shards = (0..=1000)
                .map(|id| factory.create(::shard_mesh::ShardId(id)))
                .collect();
            for from in 0..1000 {
                factory
                    .connect(
                        ::shard_mesh::ShardId(from),
                        ::shard_mesh::ShardId(from + 1),
                    );
            }
            factory.connect(::shard_mesh::ShardId(1000), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(a_large_ring(shards))
        });
}
#[::core::prelude::v1::test]
fn lists_stay_lists() {
    async fn lists_stay_lists(all: Vec<Endpoint>) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "lists_stay_lists")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_3 = factory.create(::shard_mesh::ShardId(3));
            let shard_5 = factory.create(::shard_mesh::ShardId(5));
            let shard_7 = factory.create(::shard_mesh::ShardId(7));
            let shard_9 = factory.create(::shard_mesh::ShardId(9));
            let shard_11 = factory.create(::shard_mesh::ShardId(11));
            let shard_13 = factory.create(::shard_mesh::ShardId(13));
            let shard_15 = factory.create(::shard_mesh::ShardId(15));
            let shard_17 = factory.create(::shard_mesh::ShardId(17));
            for leader in [0, 2] {
                for follower in [1, 3, 5, 7, 9, 11, 13, 15, 17] {
                    factory
                        .connect(
                            ::shard_mesh::ShardId(leader),
                            ::shard_mesh::ShardId(follower),
                        );
                }
            }
            ::std::boxed::Box::new(
                lists_stay_lists(
                    ::std::vec![
                        shard_0, shard_2, shard_1, shard_3, shard_5, shard_7, shard_9,
                        shard_11, shard_13, shard_15, shard_17
                    ],
                ),
            )
        });
}
