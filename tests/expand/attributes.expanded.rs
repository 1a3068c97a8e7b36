/// The user's words.
#[should_panic(expected = "no quorum")]
#[cfg_attr(miri, ignore)]
#[traced_test]
#[::core::prelude::v1::test]
pub(crate) fn all_attributes_go_outside() {
    async fn all_attributes_go_outside(leader: Endpoint) {
        #![allow(clippy::unwrap_used)]
        leader.recv_segment().await.unwrap();
    }
    ::shard_mesh::Harness::new(::core::module_path!(), "all_attributes_go_outside")
        .should_panic()
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(all_attributes_go_outside(shard_0))
        });
}
#[test_log::test]
fn is_registered_once() {
    async fn is_registered_once(leader: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "is_registered_once")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(is_registered_once(shard_0))
        });
}
#[test]
fn is_registered_once_by_hand() {
    async fn is_registered_once_by_hand(leader: Endpoint) {}
    ::shard_mesh::Harness::new(::core::module_path!(), "is_registered_once_by_hand")
        .run(|run| {
            let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
            let shard_0 = factory.create(::shard_mesh::ShardId(0));
            ::std::boxed::Box::new(is_registered_once_by_hand(shard_0))
        });
}
