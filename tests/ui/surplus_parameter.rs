//! A list takes all that is left: what stands behind it and wants a shard is told by the macro, and not
//! by rustc as a mismatch with the `Mesh`.

#![allow(unused_variables)]

use std::sync::Arc;

use shard_mesh::{Endpoint, Mesh, Transport};

#[shard_mesh::test(peers = 0..3)]
async fn behind_a_vec(nodes: Vec<Endpoint<u64>>, client: Endpoint<u64>) {}

#[shard_mesh::test(peers = 0..2)]
async fn behind_a_vec_of_two(nodes: Vec<Arc<dyn Transport>>, client: Arc<dyn Transport>) {}

#[shard_mesh::test(peers = 0..2)]
async fn behind_an_array<const N: usize>(nodes: [Endpoint; N], a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(leader = 0, followers = 1..=5)]
async fn two_lists(all: Vec<Endpoint>, more: [Endpoint; 2], mesh: Mesh) {}

#[shard_mesh::test(leader = 0)]
async fn more_than_there_are(leader: Endpoint, client: Endpoint) {}

fn main() {}
