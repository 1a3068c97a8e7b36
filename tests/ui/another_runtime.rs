#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0)]
#[tokio::test(start_paused = true)]
async fn tokio_test(leader: Endpoint) {}

// What a `#[tokio::test]` above leaves of an async function.
#[shard_mesh::test(leader = 0)]
#[::core::prelude::v1::test]
fn tokio_test_above(leader: Endpoint) {}

#[shard_mesh::test(leader = 0)]
#[async_std::test]
async fn test_of_another_crate(leader: Endpoint) {}

#[shard_mesh::test(leader = 0)]
#[shard_mesh::test(leader = 1)]
async fn two_meshes(leader: Endpoint) {}

#[shard_mesh::test(leader = 0)]
#[rstest::rstest]
#[case(1)]
async fn rstest_below(#[ignore] leader: Endpoint, #[case] number: u64) {}

fn main() {}
