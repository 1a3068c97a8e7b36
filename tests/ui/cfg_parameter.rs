#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, followers = [1])]
async fn test(leader: Endpoint, #[cfg(unix)] follower: Endpoint) {}

fn main() {}
