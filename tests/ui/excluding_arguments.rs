#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, leaders = [1, 2])]
async fn leader_and_leaders(all: Vec<Endpoint>) {}

#[shard_mesh::test(peers = [0, 1], leader = 2)]
async fn peers_and_leader(all: Vec<Endpoint>) {}

#[shard_mesh::test(peers = [0, 1], topology = ring, links = [0 -> 1])]
async fn topology_and_links(all: Vec<Endpoint>) {}

#[shard_mesh::test(peers = [0, 1], topology = star)]
async fn star_and_peers(all: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 0, flavor = "multi_thread", start_paused = true)]
async fn several_threads_and_a_paused_clock(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, worker_threads = 2)]
async fn one_thread_and_several_workers(leader: Endpoint) {}

fn main() {}
