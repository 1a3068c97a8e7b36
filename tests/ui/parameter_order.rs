//! Parameters take the leaders first, whatever they are called. One that is called otherwise is told.

#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn followers_first(followers: [Endpoint; 2], leader: Endpoint) {}

#[shard_mesh::test(followers = [1], leader = 0)]
async fn one_follower_first(mut _follower: Endpoint, leader: Endpoint) {}

#[shard_mesh::test(leaders = [0, 1], followers = 2..=4)]
async fn one_too_many(leaders: [Endpoint; 3], followers: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn two_leaders(leader_0: Endpoint, leader_1: Endpoint) {}

fn main() {}
