#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, followers = [0, 1])]
async fn test(leader: Endpoint, followers: [Endpoint; 2]) {}

fn main() {}
