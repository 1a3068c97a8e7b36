#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0)]
fn test(leader: Endpoint) {}

#[shard_mesh::test(leader = 0)]
async unsafe fn nor_is_it_unsafe(leader: Endpoint) {}

fn main() {}
