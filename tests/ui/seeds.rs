use shard_mesh::Endpoint;

#[shard_mesh::test(peers = 0..2, seed = 1, seeds = 0..256)]
async fn both(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, seed = 0..256)]
async fn a_range_for_one(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, seeds = 7)]
async fn one_for_a_range(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, seeds = 9..5)]
async fn none(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, also = 17)]
async fn no_list(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, also = [])]
async fn an_empty_list(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, also = [17, 4711, 0x11])]
async fn kept_twice(_a: Endpoint, _b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, also = [17, 20..30])]
async fn a_range_in_a_list(_a: Endpoint, _b: Endpoint) {}

fn main() {}
