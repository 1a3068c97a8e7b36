use shard_mesh::{Endpoint, TransportError, WalSegmentPayload, shard_mesh};
fn main() -> ::std::process::ExitCode {
    async fn main(leader: Endpoint, follower: Endpoint) -> Result<(), TransportError> {
        let segment = WalSegmentPayload::new(leader.local_shard(), 1, "put k v");
        leader.send_segment(follower.local_shard(), segment).await
    }
    ::shard_mesh::Harness::new(::core::module_path!(), "main")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            let shard_1 = factory.create(::shard_mesh::ShardId(1));
            factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
            ::std::boxed::Box::new(main(shard_0, shard_1))
        })
}
