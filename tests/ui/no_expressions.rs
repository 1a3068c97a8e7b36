//! What is no expression of Rust is not passed on as one.

#![allow(unused_variables)]

use shard_mesh::Endpoint;

const LOSS: f64 = 0.5;

#[shard_mesh::test(peers = 0..2, loss = ;0.5)]
async fn a_sign_before_a_number(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, loss == 0.5, capacity => 16)]
async fn another_sign_for_equals(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, loss = a b, rate = 1000/s extra)]
async fn more_than_one(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, loss = struct, duplicate = _, reorder = 0.1..0.2)]
async fn not_even_a_number(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, loss = LOSS reorder = 0.1, duplicate = 1 / )]
async fn no_comma_and_no_end(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, loss = no_loss::<u8, u8>())]
async fn a_comma_in_an_expression(peers: [Endpoint; 2]) {}

fn main() {}
