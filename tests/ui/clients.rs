#![allow(unused_variables)]

use shard_mesh::{Endpoint, Mesh};

#[shard_mesh::test(clients = [10])]
async fn alone(client: Endpoint) {}

#[shard_mesh::test(peers = 0..3, clients = [2, 10])]
async fn also_a_peer(peers: [Endpoint; 3], clients: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..3, clients = 1..=2)]
async fn also_peers(peers: [Endpoint; 3], clients: [Endpoint; 2]) {}

#[shard_mesh::test(peers = [0, 1], clients = [9], links = [0 -> 1, 9 -> 0])]
async fn in_links(peers: [Endpoint; 2], client: Endpoint) {}

#[shard_mesh::test(peers = 0..2, clients = [9])]
async fn in_another_order(client: Endpoint, peers: [Endpoint; 2]) {}

#[shard_mesh::test(leader = 0, followers = [1], clients = [9])]
async fn as_followers(leader: Endpoint, a: Endpoint, follower: Endpoint, mesh: Mesh) {}

#[shard_mesh::test(peers = 0..2, clients = [9])]
async fn untaken(peers: Vec<Endpoint>) {}

fn main() {}
