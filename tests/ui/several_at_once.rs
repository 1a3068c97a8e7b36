#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(
    leader = -1,
    followers = [1, 1],
    topolgy = ring,
    capacity = 0,
    worker_threads = 2,
    timeout = "soon",
)]
#[tokio::test]
fn test(leader: Endpoint, #[cfg(unix)] followers: [Endpoint; 2]) {}

fn main() {}
