use shard_mesh::Endpoint;

#[shard_mesh::test(peers = 0..2, exhaustive = 0)]
async fn no_fault(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, exhaustive = 2)]
async fn two_at_once(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, exhaustive = 1, seeds = 0..4, also = [7], loss = 0.1, chaos)]
async fn beside_what_is_drawn(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, exhaustive = 1, flavor = "multi_thread")]
async fn on_several_threads(_a: Endpoint, _b: Endpoint) {}

fn main() {}
