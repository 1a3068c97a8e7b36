#![allow(unused_variables)]

use shard_mesh::{Endpoint, Mesh};

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn too_few(leader: Endpoint) {}

#[shard_mesh::test(peers = 0..100)]
async fn none_at_all() {}

#[rstest::rstest]
#[shard_mesh::test(leader = 0)]
async fn without_ignore(leader: Endpoint) {}

#[shard_mesh::test(leader = 0)]
async fn too_many(leader: Endpoint, mesh: Mesh, surplus: Endpoint) {}

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn an_array_that_is_too_long(leader: Endpoint, followers: [Endpoint; 3]) {}

#[shard_mesh::test(leader = 0)]
async fn nothing_left_for_a_vec(leader: Endpoint, followers: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn the_mesh_too_early(leader: Endpoint, mesh: Mesh, follower: Endpoint) {}

#[shard_mesh::test(leader = 0)]
async fn an_array_of_nothing(leader: Endpoint, followers: [Endpoint; 0]) {}

fn main() {}
