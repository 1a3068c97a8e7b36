//! What is proposed is what was meant.

#![allow(unused_variables)]

use shard_mesh::Endpoint;

const N: u64 = 3;

#[shard_mesh::test(peers = 29..)]
async fn half_a_range(peers: Vec<Endpoint>) {}

#[shard_mesh::test(peers = ..5)]
async fn the_other_half(peers: Vec<Endpoint>) {}

#[shard_mesh::test(peers = 3)]
async fn a_count(peers: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 0, followers = 3)]
async fn a_count_of_followers(leader: Endpoint, followers: Vec<Endpoint>) {}

#[shard_mesh::test(leaders = 1, followers = 0)]
async fn one_or_none(all: Vec<Endpoint>) {}

#[shard_mesh::test(peers = 0..N)]
async fn up_to_a_constant(peers: Vec<Endpoint>) {}

#[shard_mesh::test(peers = [0, N], capacity = self::N, seed = N)]
async fn constants(peers: Vec<Endpoint>) {}

fn main() {}
