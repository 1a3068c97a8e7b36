//! Only what duplicates asks for a payload that is `Clone`, and is underlined when it is not.

#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[derive(Debug)]
struct Ticket;

#[shard_mesh::test(
    peers = 0..2,
    loss = 0.01,
    duplicate = 0.05,
    latency = "5ms",
)]
async fn main(peers: [Endpoint<Ticket>; 2]) {}
