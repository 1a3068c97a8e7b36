#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, folowers = [1])]
async fn mistyped(leader: Endpoint, follower: Endpoint) {}

#[shard_mesh::test(leader = 0, banana = 1)]
async fn invented(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, 1)]
async fn not_even_a_name(leader: Endpoint) {}

fn main() {}
