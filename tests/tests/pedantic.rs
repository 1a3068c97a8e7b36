//! A user who denies what can be denied: the expansion must not be to blame for a warning. Clippy,
//! in the gate, is what checks the pedantic half.
#![deny(clippy::all, clippy::pedantic, missing_docs, unused_qualifications)]
#![deny(
    unused,
    unreachable_pub,
    rust_2018_idioms,
    trivial_casts,
    trivial_numeric_casts
)]
#![deny(
    single_use_lifetimes,
    unused_results,
    variant_size_differences,
    let_underscore_drop
)]
#![forbid(unsafe_code)]

use std::sync::Arc;

use shard_mesh::{
    Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId, Transport, WalSegmentPayload,
};

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn a_star(leader: Endpoint, followers: [Endpoint; 2]) {
    assert_eq!(leader.local_shard(), ShardId(0));
    assert_eq!(followers.len(), 2);
}

#[shard_mesh::test(peers = 0..20)]
async fn a_large_mesh(peers: Vec<Endpoint>, mesh: Mesh) {
    assert_eq!((peers.len(), mesh.links().len()), (20, 380));
}

#[shard_mesh::test(leader = 0, followers = 1..=20)]
async fn a_large_star_of_dyn(leader: Arc<dyn Transport>, followers: Vec<Arc<dyn Transport>>) {
    assert_eq!(leader.local_shard(), ShardId(0));
    assert_eq!(followers.len(), 20);
}

#[shard_mesh::test(peers = [3, 5], links = [3 -> 5], capacity = 1, timeout = "1500ms", start_paused = false)]
async fn all_that_can_be_told(a: Endpoint, b: Endpoint) -> Result<(), String> {
    assert_ne!(a.local_shard(), b.local_shard());
    Ok(())
}

#[shard_mesh::test(
    peers = 0..2,
    latency = "1ms..20ms",
    loss = 0.01,
    duplicate = 0.01,
    reorder = 0.05,
    rate = 1000,
    seeds = 0..4
)]
async fn all_that_can_befall_a_segment(a: Endpoint, b: Endpoint) {
    let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
    assert!(a.try_send_segment(b.local_shard(), segment).is_ok());
}

#[shard_mesh::test(peers = 0..2, flavor = "multi_thread", worker_threads = 2)]
#[should_panic(expected = "meant")]
async fn several_threads(_a: Endpoint, _b: Endpoint) {
    panic!("meant");
}

/// Links left to the names in scope, which the expansion does not use.
#[test]
fn by_hand() {
    let _code = Harness::new(module_path!(), "by_hand").run(|run| {
        let factory = run.watch(InProcessTransportFactory::<String>::new());
        let endpoint = factory.create(ShardId(0));
        Box::new(async move { assert_eq!(endpoint.local_shard(), ShardId(0)) })
    });
}
