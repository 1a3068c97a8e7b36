//! Random topologies, faults and traffic: nothing is invented, nothing is lost unless a fault took
//! it, order is kept per link, and the counts add up at every step.

mod world;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::support::without_harness;
use world::{Step, World};

/// A schedule: how many shards there are and what a link holds, and what happens among them.
fn schedules(step: impl Strategy<Value = Step>) -> impl Strategy<Value = ((u64, u64), Vec<Step>)> {
    ((2..=3u64, 1..=3u64), prop::collection::vec(step, 1..80))
}

fn traffic() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<u8>().prop_map(Step::Send),
        3 => any::<u8>().prop_map(Step::WaitToSend),
        3 => (any::<u8>(), 1..4u8).prop_map(|(at, count)| Step::Receive(at, count)),
        1 => any::<u8>().prop_map(Step::WaitToReceive),
        2 => Just(Step::Run),
    ]
}

/// Faults that lose and keep back, but take no time.
fn timeless() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => traffic(),
        1 => any::<u8>().prop_map(Step::Cut),
        1 => any::<u8>().prop_map(Step::Hold),
        1 => any::<u8>().prop_map(Step::Loss),
        1 => any::<u8>().prop_map(Step::Duplicate),
        2 => any::<u8>().prop_map(Step::Heal),
        1 => Just(Step::HealCuts),
        1 => any::<u8>().prop_map(Step::Release),
        1 => any::<u8>().prop_map(Step::DeliverNext),
    ]
}

fn lives() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => timeless(),
        1 => any::<u8>().prop_map(Step::Crash),
        2 => any::<u8>().prop_map(Step::Restart),
        1 => any::<u8>().prop_map(Step::Pause),
        1 => any::<u8>().prop_map(Step::Resume),
    ]
}

fn everything() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => lives(),
        2 => (any::<u8>(), 0..20u8).prop_map(|(link, most)| Step::Latency(link, most)),
        1 => any::<u8>().prop_map(Step::Rate),
        1 => any::<u8>().prop_map(Step::Reorder),
        3 => (0..15u8).prop_map(Step::Advance),
    ]
}

fn play((shards, capacity): (u64, u64), steps: Vec<Step>) {
    without_harness(async move {
        let mut world = World::new(shards, capacity);
        for step in steps {
            world.step(step).await;
            world.check();
        }
        world.finish().await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_shrink_iters: 2000, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn without_faults_everything_arrives((mesh, steps) in schedules(traffic())) {
        play(mesh, steps);
    }

    #[test]
    fn faults_that_take_no_time_lose_only_what_they_took((mesh, steps) in schedules(timeless())) {
        play(mesh, steps);
    }

    #[test]
    fn crashes_and_pauses_lose_only_what_they_took((mesh, steps) in schedules(lives())) {
        play(mesh, steps);
    }

    #[test]
    fn every_mix_of_faults_keeps_what_links_promise((mesh, steps) in schedules(everything())) {
        play(mesh, steps);
    }
}
