#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, followers = [1, 2, 1])]
async fn within_a_list(leader: Endpoint, followers: [Endpoint; 3]) {}

#[shard_mesh::test(leaders = 0..3, followers = 2..=5)]
async fn across_ranges(all: Vec<Endpoint>) {}

#[shard_mesh::test(peers = [0xff, 255])]
async fn in_another_spelling(peers: [Endpoint; 2]) {}

fn main() {}
