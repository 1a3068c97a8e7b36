#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, topology = sta)]
async fn a_mistyped_topology(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, topology = "star")]
async fn a_topology_in_quotes(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, timeout = "30")]
async fn a_timeout_without_a_unit(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, timeout = 30)]
async fn a_timeout_without_quotes(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, timeout = "0s")]
async fn no_time(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, flavor = "single_thread")]
async fn an_unknown_flavor(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, start_paused = "yes")]
async fn neither_true_nor_false(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, crate = "shard_mesh")]
async fn a_crate_in_quotes(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, capacity)]
async fn no_value(leader: Endpoint) {}

#[shard_mesh::test(leader = 0 capacity = 16)]
async fn no_comma(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, timeout = "30 s")]
async fn a_timeout_with_a_space(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, timeout = "1.5s")]
async fn a_timeout_with_a_fraction(leader: Endpoint) {}

fn main() {}
