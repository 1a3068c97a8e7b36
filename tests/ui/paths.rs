#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0, crate = fn::x)]
async fn a_keyword(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, crate = _::x)]
async fn no_name(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, crate = a::, topology = star)]
async fn no_end(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, crate = ::)]
async fn no_beginning(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, crate = a b)]
async fn two_of_them(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, crate = a<b>)]
async fn with_generics(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, crate = "a::b"suffix)]
async fn in_quotes(leader: Endpoint) {}

fn main() {}
