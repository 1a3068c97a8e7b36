//! Random sequences of everything that one can do to a mesh, against a model of it in plain
//! collections: each step gives what the model says, and everybody who can go on was woken.

mod model;
mod waiting;
mod world;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use world::World;

const SHARDS: u64 = 4;

#[derive(Clone, Copy, Debug)]
enum Step {
    Create(u64),
    /// With all that waits on its endpoint.
    Drop(u64),
    Connect(u64, u64),
    Disconnect(u64, u64),
    TrySend(u64, u64),
    TryReceive(u64),
    /// Polls a new future once; one that waits is kept.
    Send(u64, u64),
    Receive(u64),
    /// Of those that wait, by index modulo their number.
    Poll(usize),
    Cancel(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let shard = || 0..SHARDS;
    let link = || (0..SHARDS, 1..SHARDS).prop_map(|(from, by)| (from, (from + by) % SHARDS));
    prop_oneof![
        2 => shard().prop_map(Step::Create),
        1 => shard().prop_map(Step::Drop),
        4 => link().prop_map(|(from, to)| Step::Connect(from, to)),
        2 => link().prop_map(|(from, to)| Step::Disconnect(from, to)),
        6 => link().prop_map(|(from, to)| Step::TrySend(from, to)),
        6 => shard().prop_map(Step::TryReceive),
        10 => link().prop_map(|(from, to)| Step::Send(from, to)),
        8 => shard().prop_map(Step::Receive),
        8 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::Cancel),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn a_mesh_does_what_its_model_says(
        capacity in 1..4_usize,
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let mut world = World::new(capacity);
        for step in steps {
            world.take(step);
            world.check();
        }
    }
}

type Number = u32;
