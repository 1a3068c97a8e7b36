//! What it costs to have many links: 1,000 shards, each linked to all others.

use std::hint::black_box;
use std::time::{Duration, Instant};

use shard_mesh::{InProcessTransportFactory, ShardId};

use crate::designs::{A1, Design};
use crate::rounds::{Measure, interleave};
use crate::samples::Samples;
use crate::table::{Bound, Figure, Row, heading};

const SHARDS: u64 = 1_000;
/// A mesh of tokio channels takes gigabytes at full size, so its cost per link is taken from a
/// smaller one.
const A1_SHARDS: u32 = 200;

pub(crate) fn run(rounds: usize) {
    let mut measures: Vec<Measure> = vec![
        Box::new(|| scaled(a1_build().0)),
        Box::new(|| scaled(a1_build().1)),
        Box::new(|| build().0),
        Box::new(|| build().1),
    ];
    let samples = interleave(rounds.min(11), &mut measures);
    let [a1_build, a1_drop, build, drop] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading("full mesh of 1,000 shards", "A1, scaled", "this", "ratio");
    row("build", a1_build, build, 80.0).print();
    row("drop", a1_drop, drop, 50.0).print();
}

fn row(what: &str, baseline: &Samples, samples: &Samples, most: f64) -> Row {
    let millis = |samples: &Samples| Figure::new(samples.median() * 1e3, "ms");
    Row {
        what: what.to_owned(),
        baseline: Some(millis(baseline)),
        figure: Some(millis(samples)),
        ratio: Some(baseline.relative_to(samples)),
        bound: Bound::Limit(Figure::new(most, "ms")),
    }
}

/// What building and dropping take.
fn build() -> (Duration, Duration) {
    timed(|| {
        let factory = InProcessTransportFactory::<u64>::new();
        let endpoints: Vec<_> = (0..SHARDS).map(|id| factory.create(ShardId(id))).collect();
        for from in 0..SHARDS {
            for to in (0..SHARDS).filter(|to| *to != from) {
                factory.connect(ShardId(from), ShardId(to));
            }
        }
        (endpoints, factory)
    })
}

fn a1_build() -> (Duration, Duration) {
    timed(|| A1.fan(A1_SHARDS, A1_SHARDS))
}

fn scaled(took: Duration) -> Duration {
    let links = u32::try_from(SHARDS * (SHARDS - 1)).expect("a million");
    took * links / (A1_SHARDS * A1_SHARDS)
}

fn timed<T>(make: impl FnOnce() -> T) -> (Duration, Duration) {
    let start = Instant::now();
    let mesh = black_box(make());
    let built = start.elapsed();
    let start = Instant::now();
    drop(mesh);
    (built, start.elapsed())
}
