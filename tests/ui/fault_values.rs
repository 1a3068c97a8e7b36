#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(peers = 0..2, loss = 1.5)]
async fn more_than_always(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, loss = 1%, duplicate = 5, reorder = -0.1)]
async fn percents_and_a_sign(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, loss = "0.01", reorder = 0.1f32)]
async fn quotes_and_a_suffix(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, rate = 0)]
async fn no_rate(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = 5)]
async fn a_latency_without_quotes(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = 1ms..20ms)]
async fn a_range_without_quotes(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = "500us")]
async fn a_latency_below_the_resolution(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = "0ms")]
async fn no_latency(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = "1..20ms")]
async fn an_end_without_a_unit(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = "20ms..1ms")]
async fn a_range_that_runs_backwards(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = "5ms..5ms")]
async fn a_range_of_nothing(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = "1ms..")]
async fn half_a_range(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, seed = -7)]
async fn a_negative_seed(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, los = 0.01, loss = 0.01, loss = 0.02, seed)]
async fn a_name_mistyped_repeated_and_alone(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = "5 ms")]
async fn a_latency_with_a_space(peers: [Endpoint; 2]) {}

#[shard_mesh::test(peers = 0..2, latency = "1.5ms..20ms")]
async fn a_latency_with_a_fraction(peers: [Endpoint; 2]) {}

macro_rules! lossy {
    ($name:ident, $loss:expr) => {
        #[shard_mesh::test(peers = 0..2, loss = $loss)]
        async fn $name(peers: [Endpoint; 2]) {}
    };
}

lossy!(a_fragment, 2.0);

fn main() {}
