//! Meshes of many shards.

use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId};

pub(crate) type Mesh = (Vec<Endpoint>, InProcessTransportFactory);

pub(crate) fn all_to_all(shards: u64) -> Mesh {
    let others = move |from| (0..shards).filter(move |to| *to != from);
    mesh(
        shards,
        (0..shards).flat_map(|from| others(from).map(move |to| (from, to))),
    )
}

pub(crate) fn chain(shards: u64) -> Mesh {
    mesh(shards, (1..shards).map(|to| (to - 1, to)))
}

pub(crate) fn ring(shards: u64) -> Mesh {
    mesh(shards, (0..shards).map(|from| (from, (from + 1) % shards)))
}

fn mesh(shards: u64, links: impl Iterator<Item = (u64, u64)>) -> Mesh {
    let factory = InProcessTransportFactory::new();
    let endpoints = (0..shards).map(|id| factory.create(ShardId(id))).collect();
    for (from, to) in links {
        factory.connect(ShardId(from), ShardId(to));
    }
    (endpoints, factory)
}
