#[::core::prelude::v1::test]
fn an_error_fails_the_test() -> ::std::process::ExitCode {
    async fn an_error_fails_the_test(leader: Endpoint) -> Result<(), TransportError> {
        leader.send_segment(ShardId(1), segment()).await
    }
    ::shard_mesh::Harness::new(::core::module_path!(), "an_error_fails_the_test")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(an_error_fails_the_test(shard_0))
        })
}
#[::core::prelude::v1::test]
fn unit_is_nothing() {
    async fn unit_is_nothing(leader: Endpoint) -> () {}
    ::shard_mesh::Harness::new(::core::module_path!(), "unit_is_nothing")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(unit_is_nothing(shard_0))
        });
}
#[::core::prelude::v1::test]
fn never() -> ::std::process::ExitCode {
    async fn never(leader: Endpoint) -> ! {
        std::process::exit(0)
    }
    ::shard_mesh::Harness::new(::core::module_path!(), "never")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(never(shard_0))
        })
}
