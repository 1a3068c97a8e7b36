#![allow(unused_variables)]

use shard_mesh::Endpoint;

#[shard_mesh::test(leader = 0)]
async fn main(leader: Endpoint) -> u32 {
    1
}

mod of_generics {
    #[shard_mesh::test(leader = 0)]
    pub async fn main(leader: shard_mesh::Endpoint) -> std::option::Option<u32> {
        None
    }
}
