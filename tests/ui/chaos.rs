#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(peers = 0..2, chaos = [partition, crsh])]
async fn unknown(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, chaos = [partition, crash, partition])]
async fn twice(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, chaos = [])]
async fn empty(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, chaos = crash)]
async fn without_brackets(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, chaos = ["crash", 7])]
async fn no_names(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, chaos, chaos = [crash])]
async fn given_twice(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, chaos = )]
async fn without_a_value(peers: [Endpoint; 2]) {}

fn main() {}
