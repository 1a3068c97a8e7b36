//! Names that are in the way of the expansion, and other names of the attribute.

use shard_mesh::{Endpoint, Mesh};

use crate::ship;

/// Traits with the methods that the expansion calls, for everything.
mod traits {
    #[allow(dead_code, reason = "in scope to be in the way")]
    pub(super) trait Meddlesome: Sized {
        fn create(self, _id: impl Sized) -> u8 {
            unreachable!("the expansion called a method of the user's")
        }

        fn connect(self, _from: impl Sized, _to: impl Sized) {
            unreachable!("the expansion called a method of the user's")
        }

        fn watch(self, _factory: impl Sized) -> u8 {
            unreachable!("the expansion called a method of the user's")
        }

        fn run(self, _test: impl Sized) -> u8 {
            unreachable!("the expansion called a method of the user's")
        }

        fn mesh(self) -> u8 {
            unreachable!("the expansion called a method of the user's")
        }

        fn all(self) -> u8 {
            unreachable!("the expansion called a method of the user's")
        }

        fn latency(self, _latency: impl Sized) -> u8 {
            unreachable!("the expansion called a method of the user's")
        }

        fn loss(self, _probability: impl Sized) -> u8 {
            unreachable!("the expansion called a method of the user's")
        }

        fn seed(self, _seed: impl Sized) -> u8 {
            unreachable!("the expansion called a method of the user's")
        }
    }

    impl<T> Meddlesome for T {}
}

mod with_such_traits {
    #[allow(unused_imports, reason = "in scope to be in the way")]
    use super::traits::Meddlesome as _;
    use super::*;

    #[shard_mesh::test(leader = 0, followers = [1], latency = "5ms", loss = 0.0, seed = 7)]
    async fn traits_of_the_user_capture_nothing(leader: Endpoint, follower: Endpoint, mesh: Mesh) {
        ship(&leader, &follower).await;
        assert_eq!(mesh.links().len(), 1);
    }
}

// The names that the expansion gives, as the user's own.
#[shard_mesh::test(leader = 0, followers = [1])]
async fn parameters_may_have_any_name(factory: Endpoint, run: Endpoint) {
    ship(&factory, &run).await;
}

#[renamed::test(leader = 0, followers = [1], crate = renamed)]
async fn a_renamed_crate(leader: Endpoint, follower: Endpoint) {
    ship(&leader, &follower).await;
}

#[shard_mesh::shard_mesh(leader = 0, followers = [1])]
async fn the_other_name_of_the_attribute(leader: Endpoint, follower: Endpoint) {
    ship(&leader, &follower).await;
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn r#match(leader: Endpoint, follower: Endpoint) {
    ship(&leader, &follower).await;
}

mod core {}
mod std {}
