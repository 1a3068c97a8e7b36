//! There are two mistakes, one in the arguments and one in the body: both are told, since the function
//! is there all the same, and that it is called is no third.

use shard_mesh::Endpoint;

#[shard_mesh::test(leadr = 0)]
#[should_panic]
async fn test(leader: Endpoint) {
    let number: u64 = leader.local_shard();
    number.to_string();
}

#[shard_mesh::test(leader = 0)]
async fn main() {
    let text: &str = 1;
    drop(test);
}
