#[::core::prelude::v1::test]
fn generics_and_patterns() {
    async fn generics_and_patterns<T: Transport, const N: usize>(
        mut a: T,
        #[allow(unused_variables)]
        [b,
        _,
        ]: [Arc<dyn Transport>; 2],
        c: [impl Transport; N],
        Mesh { .. }: Mesh,
    )
    where
        T: Clone,
    {}
    ::shard_mesh::Harness::new(::core::module_path!(), "generics_and_patterns")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            let shard_3 = factory.create(::shard_mesh::ShardId(3));
            for (from, to) in [
                (0, 1),
                (0, 2),
                (0, 3),
                (1, 0),
                (1, 2),
                (1, 3),
                (2, 0),
                (2, 1),
                (2, 3),
                (3, 0),
                (3, 1),
                (3, 2),
            ] {
                factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
            }
            ::std::boxed::Box::new(
                generics_and_patterns(
                    shard_0,
                    [shard_1, shard_2],
                    [shard_3],
                    factory.mesh(),
                ),
            )
        });
}
#[::core::prelude::v1::test]
fn r#try() {
    async fn r#try(_: Endpoint, ref b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "r#try")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(r#try(shard_0, shard_1))
        });
}
