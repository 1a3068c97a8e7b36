//! Faults on links that nobody has used yet: they hold when one is.

use shard_mesh::{Endpoint, InProcessTransportFactory, Mesh, ShardId};
use tokio::time::Instant;

use crate::support::{B, drain, ms, send, take};

#[shard_mesh::test(peers = 0..3)]
async fn each_fault_holds_from_the_first_segment_on_and_the_newest_rules(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    _c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let began = Instant::now();
    mesh.all().latency(ms(7));
    let newest = mesh.link(0, 1).latency(ms(3));
    mesh.all().duplicate(1.0);
    send(&a, [1]);
    assert_eq!(take(&b, 2, began).await, [(1, 3), (1, 3)]);
    newest.heal();
    send(&a, [2]);
    assert_eq!(take(&b, 2, began).await, [(2, 10), (2, 10)]);
}

#[shard_mesh::test(peers = 0..3)]
async fn what_was_healed_before_the_first_segment_never_was(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    _c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let loss = mesh.all().loss(1.0).optional();
    mesh.isolate(1).optional();
    mesh.all().hold().optional();
    loss.heal();
    mesh.heal();
    mesh.link(0, 1).release();
    send(&a, [1]);
    assert_eq!(drain(&b), [1]);
    // The hold stands on the others.
    b.send_segment(ShardId(2), 2).await.unwrap();
    assert_eq!(mesh.stats().link(1, 2).held, 1);
    mesh.heal_all();
    assert_eq!(mesh.stats().link(1, 2).waiting, 1);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_fault_outlives_the_closing_of_its_unused_link(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let cut = mesh.link(0, 1).cut();
    mesh.crash(0);
    drop(a);
    let a = mesh.restart(0);
    send(&a, [1]);
    assert_eq!(drain(&b), []);
    cut.heal();
    send(&a, [2]);
    assert_eq!(drain(&b), [2]);
}

/// With a slot for each shard that there is, at each shard, this took 400 MB and seconds.
#[test]
fn a_long_ring_is_no_full_mesh() {
    const SHARDS: u64 = 10_000;
    let factory = InProcessTransportFactory::new();
    let shards: Vec<_> = (0..SHARDS).map(|id| factory.create(ShardId(id))).collect();
    let next = |id: u64| ShardId((id + 1) % SHARDS);
    for id in 0..SHARDS {
        factory.connect(ShardId(id), next(id));
    }
    let mesh = factory.mesh();
    mesh.from(0).loss(1.0);
    for (id, shard) in (0..).zip(&shards) {
        shard.try_send_segment(next(id), id).unwrap();
    }
    assert_eq!(drain(&shards[1]), []);
    assert_eq!(drain(&shards[0]), [SHARDS - 1]);
    mesh.crash(B);
    drop(shards);
    assert_eq!(mesh.links(), [(B, ShardId(2))]);
}
