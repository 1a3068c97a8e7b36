use shard_mesh::Endpoint;

#[shard_mesh::test(peers = 0..2, pinned, seeds = 0..256)]
async fn draws_nothing_many_times(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, pinned, also = [17])]
async fn draws_nothing_with_another_seed(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, pinned, flavor = "multi_thread")]
async fn on_several_threads(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, pinned = true)]
async fn with_a_value(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, pinned, pinned)]
async fn twice(_a: Endpoint, _b: Endpoint) {}

fn main() {}
