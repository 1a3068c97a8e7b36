#![allow(unused_variables)]

use shard_mesh::Endpoint;

const LEADER: u64 = 0;

#[shard_mesh::test(peers = 0..18446744073709551615)]
async fn too_many_shards(peers: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 0, followers = 1..=4096)]
async fn one_shard_too_many(leader: Endpoint, followers: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 18446744073709551616)]
async fn a_large_id(leader: Endpoint) {}

#[shard_mesh::test(leader = -1)]
async fn a_negative_id(leader: Endpoint) {}

#[shard_mesh::test(leader = 1.5)]
async fn a_broken_id(leader: Endpoint) {}

#[shard_mesh::test(leader = 1i32)]
async fn an_id_with_a_suffix(leader: Endpoint) {}

#[shard_mesh::test(leader = LEADER)]
async fn a_constant(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, followers = 1..)]
async fn half_a_range(leader: Endpoint, followers: Vec<Endpoint>) {}

#[shard_mesh::test(leader = [0, 1], followers = 2)]
async fn one_and_several(all: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 0, capacity = 0)]
async fn no_capacity(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, capacity = 4294967296)]
async fn too_much_capacity(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, flavor = "multi_thread", worker_threads = 0)]
async fn no_workers(leader: Endpoint) {}

fn main() {}
