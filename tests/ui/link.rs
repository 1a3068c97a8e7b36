#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, followers = [1], links = [0 -> 1, 1 -> 3])]
async fn to_a_shard_that_is_not_declared(all: [Endpoint; 2]) {}

#[shard_mesh::test(peers = [0, 1], links = [0 -> 1, 1 -> 1])]
async fn to_itself(all: [Endpoint; 2]) {}

#[shard_mesh::test(peers = [0, 1], links = [0 -> 1, 1 <-> 0])]
async fn written_twice(all: [Endpoint; 2]) {}

#[shard_mesh::test(links = [0 -> 1, 2 <-> 0])]
async fn without_shards(all: [Endpoint; 3]) {}

#[shard_mesh::test(peers = [0, 1], links = [0 <- 1])]
async fn the_other_way_round(all: [Endpoint; 2]) {}

fn main() {}
