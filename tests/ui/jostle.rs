use shard_mesh::Endpoint;

#[shard_mesh::test(peers = 0..2, jostle = 1.5)]
async fn more_than_always(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, jostle)]
async fn without_a_value(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, jostle = 0.1, flavor = "multi_thread")]
async fn on_several_threads(_a: Endpoint, _b: Endpoint) {}

fn main() {}
