//! A constant is passed on as it is, so rustc is who tells that its type does not fit.

#![allow(unused_variables)]

use shard_mesh::Endpoint;

const LOSS: f32 = 0.01;

#[shard_mesh::test(peers = 0..2, loss = LOSS)]
async fn main(peers: [Endpoint; 2]) {}
