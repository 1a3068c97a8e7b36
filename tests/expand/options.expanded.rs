#[::core::prelude::v1::test]
fn one_thread() {
    async fn one_thread(leader: Endpoint) {}
    crate::reexports::shard_mesh::Harness::new(::core::module_path!(), "one_thread")
        .start_paused(false)
        .timeout(::core::time::Duration::from_secs(30))
        .run(|run| {
            let factory = &run
                .watch(
                    crate::reexports::shard_mesh::InProcessTransportFactory::new()
                        .with_capacity(16),
                );
            let shard_0 = factory.create(crate::reexports::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(one_thread(shard_0))
        });
}
#[::core::prelude::v1::test]
fn several_threads() {
    async fn several_threads(leader: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "several_threads")
        .worker_threads(4)
        .timeout(::core::time::Duration::from_millis(1500))
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(several_threads(shard_0))
        });
}
#[::core::prelude::v1::test]
fn as_many_threads_as_tokio_likes() {
    async fn as_many_threads_as_tokio_likes(leader: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "as_many_threads_as_tokio_likes")
        .multi_thread()
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(as_many_threads_as_tokio_likes(shard_0))
        });
}
#[::core::prelude::v1::test]
fn what_is_so_anyway_is_not_repeated() {
    async fn what_is_so_anyway_is_not_repeated(leader: Endpoint) {}
    ::shard_mesh::Harness::new(
            ::core::module_path!(),
            "what_is_so_anyway_is_not_repeated",
        )
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(what_is_so_anyway_is_not_repeated(shard_0))
        });
}
