//! What it costs to have many shards.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::designs::{Design, TokioMpsc};
use crate::rounds::{Measure, interleave};
use crate::samples::Samples;
use crate::table::{Bound, Figure, Row, heading};
use crate::wiring::{all_to_all, chain, ring};

const SHARDS: u64 = 1_000;
/// A mesh of tokio channels takes gigabytes at full size, so its cost per link is taken from a
/// smaller one.
const BASELINE_SHARDS: u32 = 200;

pub(crate) fn run(rounds: usize) {
    full_mesh(rounds.min(11));
    many_shards(rounds.min(3));
}

fn full_mesh(rounds: usize) {
    let mut measures: Vec<Measure> = vec![
        Box::new(|| scaled(build_and_drop(baseline)[0])),
        Box::new(|| scaled(build_and_drop(baseline)[1])),
        Box::new(|| build_and_drop(|| all_to_all(SHARDS))[0]),
        Box::new(|| build_and_drop(|| all_to_all(SHARDS))[1]),
    ];
    let samples = interleave(rounds, &mut measures);
    let [baseline_build, baseline_drop, build, drop] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading("full mesh of 1,000 shards", "mpsc, scaled", "this", "ratio");
    row("build", Some(baseline_build), build, 80.0).print();
    row("drop", Some(baseline_drop), drop, 50.0).print();
}

fn many_shards(rounds: usize) {
    let mut measures: Vec<Measure> = vec![
        Box::new(|| build_and_drop(|| chain(10_000)).iter().sum()),
        Box::new(|| build_and_drop(|| ring(10_000)).iter().sum()),
        Box::new(partition),
    ];
    let samples = interleave(rounds, &mut measures);
    let [chain, ring, partition] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading("many shards", "", "this", "");
    row("chain of 10,000, made and dropped", None, chain, 300.0).print();
    row("ring of 10,000, made and dropped", None, ring, 300.0).print();
    row("partition of 1,500 from 1,500", None, partition, 500.0).print();
}

fn row(what: &str, baseline: Option<&Samples>, samples: &Samples, most: f64) -> Row {
    let millis = |samples: &Samples| Figure::new(samples.median() * 1e3, "ms");
    Row {
        what: what.to_owned(),
        baseline: baseline.map(millis),
        figure: Some(millis(samples)),
        ratio: baseline.map(|baseline| baseline.relative_to(samples)),
        bound: Bound::Limit(Figure::new(most, "ms")),
    }
}

fn baseline() -> impl Sized {
    TokioMpsc.fan(BASELINE_SHARDS, BASELINE_SHARDS)
}

fn scaled(took: Duration) -> Duration {
    let links = u32::try_from(SHARDS * (SHARDS - 1)).expect("a million");
    took * links / (BASELINE_SHARDS * BASELINE_SHARDS)
}

/// What cutting half of the shards off from the other half takes, all being linked to all.
fn partition() -> Duration {
    let (_endpoints, factory) = all_to_all(3_000);
    let start = Instant::now();
    black_box(factory.mesh().partition(0..1_500, 1_500..3_000));
    start.elapsed()
}

fn build_and_drop<T>(make: impl FnOnce() -> T) -> [Duration; 2] {
    let start = Instant::now();
    let mesh = black_box(make());
    let built = start.elapsed();
    let start = Instant::now();
    drop(mesh);
    [built, start.elapsed()]
}
