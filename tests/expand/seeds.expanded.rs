#[::core::prelude::v1::test]
fn a_sweep() {
    async fn a_sweep(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_sweep")
        .seeds(0..256)
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(a_sweep(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn a_sweep_with_its_last() {
    async fn a_sweep_with_its_last(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_sweep_with_its_last")
        .timeout(::core::time::Duration::from_secs(5))
        .seeds(5..10)
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(a_sweep_with_its_last(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn one_seed() {
    async fn one_seed(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "one_seed")
        .seed(7)
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(one_seed(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn a_sweep_and_what_once_failed() {
    async fn a_sweep_and_what_once_failed(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "a_sweep_and_what_once_failed")
        .seeds(0..256)
        .also([17, 4711])
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(a_sweep_and_what_once_failed(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn every_single_fault() {
    async fn every_single_fault(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "every_single_fault")
        .exhaustive(1)
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
                        1,
                    )..::core::time::Duration::from_millis(5),
                );
            ::std::boxed::Box::new(every_single_fault(shard_0, shard_1))
        });
}
#[::core::prelude::v1::test]
fn pinned() {
    async fn pinned(a: Endpoint, b: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "pinned")
        .seed(7)
        .pinned()
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(1), ::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(pinned(shard_0, shard_1))
        });
}
