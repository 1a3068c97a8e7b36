#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(peers = 0..2, latency = "5ms"suffix, timeout = "30s"s)]
async fn of_times(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, flavor = "multi_thread"x, topology = "ring"y)]
async fn of_names(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0u8..2, capacity = 16k, seeds = 0..256u32)]
async fn of_numbers(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = b"5ms", timeout = 'm')]
async fn other_kinds_of_quotes(peers: [Endpoint; 2]) {}

fn main() {}
