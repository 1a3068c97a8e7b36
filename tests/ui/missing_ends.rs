//! What is missing is underlined at the last word before it.

#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = -)]
async fn of_a_number(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, seeds = 0..-)]
async fn of_a_range(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, seeds = 7.., latency = "30ms..")]
async fn of_a_range_without_end(leader: Endpoint) {}

#[shard_mesh::test(peers = [0, 1], links = [0 ->, 1 <->])]
async fn of_a_link(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = [0, 1], links = [0 <])]
async fn of_an_arrow(peers: [Endpoint; 2]) {}

#[shard_mesh::test(leader = 0, topology =)]
async fn of_a_value(leader: Endpoint) {}

fn main() {}
