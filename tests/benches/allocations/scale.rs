use std::hint::black_box;

use allocation_counter::measure;

use crate::designs::{Design, TokioMpsc};
use crate::table::{Bound, Figure, Row, heading};
use crate::wiring::{all_to_all, chain, ring};

const SHARDS: u32 = 1_000;
/// A mesh of tokio channels takes gigabytes at full size, so its cost per link is taken from a
/// smaller one.
const BASELINE_SHARDS: u32 = 200;

pub(crate) fn run() {
    let links = f64::from(SHARDS * (SHARDS - 1));
    let bytes = held(|| all_to_all(SHARDS.into()));
    let baseline = held(|| TokioMpsc.fan(BASELINE_SHARDS, BASELINE_SHARDS))
        / f64::from(BASELINE_SHARDS * BASELINE_SHARDS);
    heading("full mesh of 1,000 shards", "mpsc, scaled", "this", "ratio");
    let megabytes = [Some(baseline * links / 1e6), Some(bytes / 1e6)];
    row("memory", megabytes, 30.0, "MB").print();
    let per_link = [Some(baseline), Some(bytes / links)];
    row("memory per link", per_link, 24.0, "B").print();

    heading("many shards", "", "this", "");
    let fault = held_by_cut() / links;
    row("a fault on an unused link", [None, Some(fault)], 32.0, "B").print();
    let chain = held(|| chain(10_000)) / 1e6;
    row("chain of 10,000", [None, Some(chain)], 20.0, "MB").print();
    let ring = held(|| ring(10_000)) / 1e6;
    row("ring of 10,000", [None, Some(ring)], 20.0, "MB").print();
}

fn row(what: &str, [baseline, own]: [Option<f64>; 2], most: f64, unit: &'static str) -> Row {
    let figure = |value| Figure::new(value, unit);
    Row {
        what: what.to_owned(),
        baseline: baseline.map(figure),
        figure: own.map(figure),
        ratio: baseline.zip(own).map(|(baseline, own)| baseline / own),
        bound: Bound::Limit(figure(most)),
    }
}

/// The bytes that what `build` returns holds on the heap.
fn held<T>(build: impl FnOnce() -> T) -> f64 {
    let mut mesh = None;
    let counted = measure(|| mesh = Some(black_box(build())));
    drop(mesh);
    f64::from(u32::try_from(counted.bytes_current).expect("less than 4 GiB"))
}

/// The bytes that a fault on all links of a mesh adds to it.
fn held_by_cut() -> f64 {
    let (_endpoints, factory) = all_to_all(SHARDS.into());
    held(|| factory.mesh().all().cut())
}
