//! What a seed of a sweep costs, with its runtime, its mesh and its segments.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Links, Run, ShardId};

use super::millis;
use crate::designs::Segment;
use crate::designs::workload::{body, segment};
use crate::rounds::{Measure, interleave};
use crate::table::{Bound, Figure, Row, heading};

const SEEDS: u32 = 10_000;
/// Half of them for each follower.
const SEGMENTS: u32 = 100;

type Test = Box<dyn Future<Output = ()>>;
/// As a harness takes it.
type SetUp = fn(&Run) -> Test;

pub(crate) fn run(rounds: usize) {
    let most = Bound::Limit(Figure::new(20.0, "µs"));
    let tests: [(&str, SetUp, Bound); 3] = [
        ("without faults", |run| star(run, |_| {}), most),
        (
            "loss, duplication and reorder, 5 % each",
            |run| star(run, unreliable),
            Bound::None,
        ),
        (
            "the same, and latency of 1 to 20 ms",
            |run| {
                star(run, |links| {
                    unreliable(links);
                    links.latency(millis(1)..=millis(20));
                })
            },
            Bound::None,
        ),
    ];
    let mut measures = tests.map(|(_, test, _)| -> Measure { Box::new(move || sweep(test)) });
    let samples = interleave(rounds.min(5), &mut measures);
    heading(
        "a sweep of 10,000 seeds, a star of three",
        "",
        "per seed",
        "",
    );
    for ((name, _, bound), samples) in tests.into_iter().zip(samples) {
        let row = Row {
            what: name.to_owned(),
            baseline: None,
            figure: Some(Figure::new(samples.median() * 1e6, "µs")),
            ratio: None,
            bound,
        };
        row.print();
    }
}

/// What one seed takes of one core.
fn sweep(test: SetUp) -> Duration {
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let start = Instant::now();
    let _ = Harness::new(module_path!(), "sweep")
        .seeds(0..SEEDS.into())
        .run(test);
    start.elapsed() * u32::try_from(cores).expect("fewer than 2^32 cores") / SEEDS
}

fn unreliable(links: &Links<Segment>) {
    links.loss(0.05);
    links.duplicate(0.05);
    links.reorder(0.05);
}

/// As the attribute makes it for `leader = 0, followers = [1, 2]`.
fn star(run: &Run, faults: fn(&Links<Segment>)) -> Test {
    let factory = &run.watch(InProcessTransportFactory::new());
    let [leader, left, right] = [0, 1, 2].map(|id| factory.create(ShardId(id)));
    for follower in [1, 2] {
        factory.connect(ShardId(0), ShardId(follower));
    }
    faults(&factory.mesh().all());
    Box::new(ship(leader, [left, right]))
}

async fn ship(leader: Endpoint, followers: [Endpoint; 2]) {
    let data = body();
    for number in 0..SEGMENTS / 2 {
        for follower in &followers {
            let sent = leader.send_segment(follower.local_shard(), segment(number, &data));
            sent.await.expect("an open link");
        }
    }
    drop(leader);
    for follower in &followers {
        while let Some(segment) = follower.recv_segment().await {
            black_box(segment);
        }
    }
}
