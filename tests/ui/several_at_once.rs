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

#[shard_mesh::test(peers = [0, x, -2], links = [0 - 1, 0 -> 1 2, y -> 1])]
async fn in_lists(all: Vec<Endpoint>) {}

fn main() {}
