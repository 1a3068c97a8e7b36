#[::core::prelude::v1::test]
fn one_time() {
    async fn one_time(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "one_time")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            let mesh = &factory.mesh();
            let links = &mesh.all();
            links.latency(::core::time::Duration::from_millis(5));
            ::std::boxed::Box::new(one_time(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn with_its_end() {
    async fn with_its_end(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "with_its_end")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            let mesh = &factory.mesh();
            let links = &mesh.all();
            links
                .latency(
                    ::core::time::Duration::from_millis(
                        500,
                    )..=::core::time::Duration::from_secs(2),
                );
            ::std::boxed::Box::new(with_its_end(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn from_zero() {
    async fn from_zero(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "from_zero")
        .timeout(::core::time::Duration::from_secs(5))
        .seed(0)
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            let mesh = &factory.mesh();
            let links = &mesh.all();
            links
                .latency(
                    ::core::time::Duration::ZERO..::core::time::Duration::from_millis(20),
                );
            ::std::boxed::Box::new(from_zero(shard_0, shard_1))
        });
}
