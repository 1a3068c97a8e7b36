#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, followers = [1], leader = 2)]
async fn test(leader: Endpoint, follower: Endpoint) {}

fn main() {}
