//! The attribute from inside of macros.

use shard_mesh::{Endpoint, ShardId};

use crate::ship;

macro_rules! star {
    ($name:ident, $leader:literal, [$($follower:expr),*], $endpoint:ty, $capacity:expr, $body:expr) => {
        #[shard_mesh::test(leader = $leader, followers = [$($follower),*], capacity = $capacity)]
        async fn $name(leader: $endpoint, followers: Vec<$endpoint>) {
            let body: fn(ShardId, usize) = $body;
            body(leader.local_shard(), followers.len());
        }
    };
}

star!(
    a_test_made_by_a_macro,
    5,
    [6, 7],
    Endpoint,
    4,
    |leader, followers| {
        assert_eq!((leader, followers), (ShardId(5), 2));
    }
);

macro_rules! with_crate {
    ($($krate:tt)*) => {
        #[shard_mesh::test(peers = 0..2, crate = $($krate)*)]
        async fn a_path_made_by_a_macro(_a: Endpoint, _b: Endpoint) {}
    };
}

with_crate!(::renamed);

macro_rules! whole_function {
    ($($function:tt)*) => {
        #[shard_mesh::test(peers = 0..2)]
        $($function)*
    };
}

whole_function! {
    async fn a_function_handed_through(a: Endpoint, b: Endpoint) {
        ship(&a, &b).await;
    }
}

macro_rules! of_fragments {
    ($(#[$meta:meta])* $vis:vis $name:ident($($pattern:pat => $ty:ty),*) -> $output:ty $body:block) => {
        #[shard_mesh::test(peers = 0..2)]
        $(#[$meta])*
        $vis async fn $name($($pattern: $ty),*) -> $output $body
    };
}

of_fragments! {
    #[should_panic(expected = "meant")]
    a_function_made_of_fragments([a, _] => [Endpoint; 2]) -> () {
        assert_eq!(a.local_shard(), ShardId(0));
        panic!("meant");
    }
}

of_fragments! {
    pub(crate) a_visible_function_made_of_fragments(all => Vec<Endpoint>) -> Result<(), String> {
        assert_eq!(all.len(), 2);
        Ok(())
    }
}
