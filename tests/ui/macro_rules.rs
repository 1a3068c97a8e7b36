//! Mistakes in fragments of a macro are underlined where the fragments are written.

#![allow(unused_variables)]

use shard_mesh::Endpoint;

macro_rules! test {
    ($name:ident, $leader:expr, $followers:expr, $ty:ty) => {
        #[shard_mesh::test(leader = $leader, followers = $followers)]
        async fn $name(leader: Endpoint, followers: $ty) {}
    };
}

test!(leader_among_followers, 0, [0, 1], [Endpoint; 2]);
test!(too_long, 0, 1..=2, [Endpoint; 3]);
test!(negative, -1, [1], Endpoint);

fn main() {}
