#[::core::prelude::v1::test]
fn one_fault() {
    async fn one_fault(leader: Endpoint, followers: [Endpoint; 2]) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "one_fault")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            let shard_2 = factory.create(::shard_mesh::ShardId(2));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(2));
            let mesh = &factory.mesh();
            let links = &mesh.all();
            links.loss(0.01);
            ::std::boxed::Box::new(one_fault(shard_0, [shard_1, shard_2]))
        });
}
/// In one order, whatever the order in which they are written.
#[::core::prelude::v1::test]
fn all_of_them() -> ::std::process::ExitCode {
    async fn all_of_them(a: Endpoint, b: Endpoint, mesh: Mesh) -> Result<(), Error> {}
    ::shard_mesh::Harness::new(::core::module_path!(), "all_of_them")
        .seed(7)
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
                    )..::core::time::Duration::from_millis(20),
                );
            links.loss(LOSS / 2.0);
            links.duplicate(1.0);
            links.reorder(config::REORDER);
            links.rate(1000.0);
            ::std::boxed::Box::new(all_of_them(shard_0, shard_1, factory.mesh()))
        })
}
