//! Random topologies, faults and traffic: nothing is invented, nothing is lost unless a fault took
//! it, order is kept per link, and the counts add up at every step.

mod world;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::support::without_harness;
use shard_mesh::{EventKind, Harness, InProcessTransportFactory, LinkStats, Stats, Timeline};
use std::process::ExitCode;
use std::sync::Mutex;
use world::{Segment, Step, World};

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

/// How many shards there are, and what a link holds.
type Size = (u64, u64);

fn factory((_, capacity): Size) -> InProcessTransportFactory<Segment> {
    InProcessTransportFactory::new().with_capacity(usize::try_from(capacity).unwrap())
}

async fn act(factory: InProcessTransportFactory<Segment>, size: Size, steps: Vec<Step>) {
    let mut world = World::new(&factory, size.0, size.1);
    for step in steps {
        world.step(step).await;
        world.check();
    }
    world.finish().await;
}

fn play(size: Size, steps: Vec<Step>) {
    without_harness(act(factory(size), size, steps));
}

/// A schedule goes into a run through here, and comes out as what happened: a body may not capture.
static SCHEDULE: Mutex<Option<(Size, Vec<Step>)>> = Mutex::new(None);
static RECORDED: Mutex<Option<(Timeline, Stats)>> = Mutex::new(None);

/// Plays under a harness, which keeps a log. Whether a fault met anything is of no interest.
fn record(size: Size, steps: Vec<Step>) -> (Timeline, Stats) {
    *SCHEDULE.lock().unwrap() = Some((size, steps));
    let harness = Harness::new("faults", "record").seed(5).should_panic();
    let code = harness.run(|run| {
        let (size, steps) = SCHEDULE.lock().unwrap().take().unwrap();
        let factory = run.watch(factory(size));
        let mesh = factory.mesh();
        Box::new(async move {
            act(factory, size, steps).await;
            *RECORDED.lock().unwrap() = Some((mesh.timeline(), mesh.stats()));
        })
    });
    assert_eq!(code, ExitCode::SUCCESS);
    RECORDED.lock().unwrap().take().unwrap()
}

/// Counts, of one link, what the timeline tells.
fn counted(timeline: &Timeline, of: &LinkStats) -> [u64; 5] {
    let mut counts = [0; 5];
    for event in timeline.events() {
        let (what, segment) = match event.kind {
            EventKind::Sent(segment) => (0, segment),
            EventKind::Received(segment) => (1, segment),
            EventKind::Lost(segment, _) => (2, segment),
            EventKind::Duplicated(segment) => (3, segment),
            EventKind::Reordered(segment) => (4, segment),
            _ => continue,
        };
        counts[what] += u64::from((segment.from, segment.to) == (of.from, of.to));
    }
    counts
}

fn the_timeline_tells_what_was_counted(timeline: &Timeline, stats: &Stats) {
    for of in stats.links() {
        let stats = [
            of.sent,
            of.delivered,
            of.dropped,
            of.duplicated,
            of.reordered,
        ];
        assert_eq!(counted(timeline, of), stats, "{of:?}\n{timeline}");
    }
    let times = timeline.events().iter().map(|event| event.at);
    assert!(times.is_sorted(), "{timeline}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_shrink_iters: 2000, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn the_event_log_adds_up_and_is_the_same_for_the_same_seed((size, steps) in schedules(everything())) {
        let (timeline, stats) = record(size, steps.clone());
        the_timeline_tells_what_was_counted(&timeline, &stats);
        let (again, _) = record(size, steps);
        // What asked for a fault is the same line, wherever in the schedule.
        prop_assert_eq!(timeline, again);
    }

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
