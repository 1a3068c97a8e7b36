#![allow(unused_variables)]

use shard_mesh::Endpoint;

struct Suite;

impl Suite {
    #[shard_mesh::test(leader = 0)]
    async fn test(&self, leader: Endpoint) {}
}

fn main() {}
