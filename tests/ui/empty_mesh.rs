#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test]
async fn without_arguments(leader: Endpoint) {}

#[shard_mesh::test(timeout = "30s")]
async fn without_shards(leader: Endpoint) {}

#[shard_mesh::test(peers = [])]
async fn with_an_empty_list(peers: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 0, followers = 1..1)]
async fn with_an_empty_range(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, followers = 5..=1)]
async fn with_a_range_that_goes_backwards(leader: Endpoint) {}

#[shard_mesh::test(followers = [1, 2])]
async fn without_a_leader(followers: [Endpoint; 2]) {}

// As a glob import of the crate would have it, but for rustc's own word on that.
mod where_test_is_ours {
    use shard_mesh::test;

    #[test]
    fn a_plain_test() {}

    #[test]
    async fn an_async_one() {}
}

fn main() {}
