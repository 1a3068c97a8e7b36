use std::hint::black_box;

use allocation_counter::measure;
use shard_mesh::{InProcessTransportFactory, ShardId};

use crate::designs::{A1, Design};
use crate::table::{Bound, Figure, Row, heading};

const SHARDS: u32 = 1_000;
/// A mesh of tokio channels takes gigabytes at full size, so its cost per link is taken from a
/// smaller one.
const A1_SHARDS: u32 = 200;

pub(crate) fn run() {
    let links = f64::from(SHARDS * (SHARDS - 1));
    let bytes = held(full_mesh);
    let a1_per_link = held(|| A1.fan(A1_SHARDS, A1_SHARDS)) / f64::from(A1_SHARDS * A1_SHARDS);
    heading("full mesh of 1,000 shards", "A1, scaled", "this", "ratio");
    row(
        "memory",
        (a1_per_link * links / 1e6, bytes / 1e6),
        30.0,
        "MB",
    )
    .print();
    row("memory per link", (a1_per_link, bytes / links), 24.0, "B").print();
}

fn row(what: &str, (a1, own): (f64, f64), most: f64, unit: &'static str) -> Row {
    Row {
        what: what.to_owned(),
        baseline: Some(Figure::new(a1, unit)),
        figure: Some(Figure::new(own, unit)),
        ratio: Some(a1 / own),
        bound: Bound::Limit(Figure::new(most, unit)),
    }
}

/// The bytes that what `build` returns holds on the heap.
fn held<T>(build: impl FnOnce() -> T) -> f64 {
    let mut mesh = None;
    let counted = measure(|| mesh = Some(black_box(build())));
    drop(mesh);
    f64::from(u32::try_from(counted.bytes_current).expect("less than 4 GiB"))
}

fn full_mesh() -> (Vec<impl Sized>, InProcessTransportFactory<u64>) {
    let factory = InProcessTransportFactory::new();
    let ids = || (0..u64::from(SHARDS)).map(ShardId);
    let endpoints = ids().map(|id| factory.create(id)).collect();
    for from in ids() {
        for to in ids().filter(|to| *to != from) {
            factory.connect(from, to);
        }
    }
    (endpoints, factory)
}
