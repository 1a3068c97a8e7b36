//! Large meshes.

use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId, TryRecvError};

use crate::poll::now;

const SHARDS: u64 = 1000;

#[test]
fn a_thousand_shards_in_a_full_mesh_ship_a_segment_around_the_ring() {
    let factory = InProcessTransportFactory::new();
    let shards: Vec<Endpoint<u64>> = (0..SHARDS).map(|id| factory.create(ShardId(id))).collect();
    for from in 0..SHARDS {
        for to in (0..SHARDS).filter(|&to| to != from) {
            factory.connect(ShardId(from), ShardId(to));
        }
    }
    let next = |id: ShardId| ShardId((id.0 + 1) % SHARDS);
    for shard in &shards {
        let id = shard.local_shard();
        now(shard.send_segment(next(id), id.0)).unwrap();
    }
    for shard in &shards {
        let (from, number) = now(shard.recv_segment_from()).unwrap();
        assert_eq!((from, number), (ShardId(number), from.0));
        assert_eq!(next(from), shard.local_shard());
        assert_eq!(shard.try_recv_segment(), Err(TryRecvError::Empty));
    }
    let stats = factory.mesh().stats();
    assert_eq!(stats.links().len() as u64, SHARDS * (SHARDS - 1));
    assert_eq!(
        stats.links().iter().map(|link| link.delivered).sum::<u64>(),
        SHARDS
    );
}

#[test]
fn an_endpoint_keeps_more_peers_apart_than_it_remembers() {
    let factory = InProcessTransportFactory::new();
    let shards: Vec<Endpoint<u64>> = (0..SHARDS).map(|id| factory.create(ShardId(id))).collect();
    for id in 1..SHARDS {
        factory.connect(ShardId(0), ShardId(id));
    }
    for round in 0..3 {
        for shard in &shards[1..] {
            now(shards[0].send_segment(shard.local_shard(), round)).unwrap();
            assert_eq!(now(shard.recv_segment()), Some(round));
        }
    }
}
