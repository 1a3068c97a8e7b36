//! What a test costs before it does anything.

use std::hint::black_box;
use std::time::{Duration, Instant};

use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId};

use crate::designs::{Threads, harnessed, plain};
use crate::rounds::{Measure, interleave};
use crate::samples::Samples;
use crate::table::{Bound, Figure, Row, heading};

const REPEATS: u32 = 300;

pub(crate) fn run(rounds: usize) {
    let mut measures = [
        repeated(|| plain(Threads::One, async {})),
        repeated(|| drop(black_box(star(InProcessTransportFactory::new())))),
        repeated(|| {
            harnessed(Threads::One, |run| {
                let star = star(run.watch(InProcessTransportFactory::new()));
                async move {
                    drop(black_box(star));
                    Duration::ZERO
                }
            });
        }),
    ];
    let samples = interleave(rounds, &mut measures);
    heading(
        "set-up of a test, current_thread",
        "runtime",
        "this",
        "of it",
    );
    let [runtime, star, whole] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    let star_of_three = "a star of three, made and dropped";
    row(star_of_three, runtime, star, Bound::None).print();
    let whole_test = "a whole test: runtime, harness and star";
    let most = Bound::Limit(Figure::new(50.0, "µs"));
    row(whole_test, runtime, whole, most).print();
    properties(rounds);
}

/// What a property adds to each poll.
fn properties(rounds: usize) {
    let mut measures =
        [0, 1, 2].map(|properties| -> Measure { Box::new(move || polled(properties)) });
    let samples = interleave(rounds, &mut measures);
    let [none, one, two] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading("a poll of the test's body", "without", "added", "of it");
    let most = Bound::Limit(Figure::new(20.0, "ns"));
    for (what, with, without, bound) in [
        ("the first `always`, which does nothing", one, none, most),
        ("each more", two, one, Bound::None),
    ] {
        let nanos = |seconds: f64| Figure::new(seconds * 1e9, "ns");
        let added = with.above(without);
        Row {
            what: what.to_owned(),
            baseline: Some(nanos(none.median())),
            figure: Some(nanos(added)),
            ratio: Some(added / none.median()),
            bound,
        }
        .print();
    }
}

/// How long a poll takes, of a body that is polled often, with so many properties.
fn polled(properties: usize) -> Duration {
    const POLLS: u32 = 20_000;
    harnessed(Threads::One, move |run| {
        let mesh = run.watch(InProcessTransportFactory::<u64>::new()).mesh();
        for _ in 0..properties {
            mesh.always("nothing", || true);
        }
        async move {
            let start = Instant::now();
            for _ in 0..POLLS {
                tokio::task::yield_now().await;
            }
            start.elapsed() / POLLS
        }
    })
}

fn row(what: &str, runtime: &Samples, samples: &Samples, bound: Bound) -> Row {
    let micros = |samples: &Samples| Figure::new(samples.median() * 1e6, "µs");
    Row {
        what: what.to_owned(),
        baseline: Some(micros(runtime)),
        figure: Some(micros(samples)),
        ratio: Some(samples.relative_to(runtime)),
        bound,
    }
}

fn repeated(once: impl Fn() + 'static) -> Measure {
    Box::new(move || {
        let start = Instant::now();
        for _ in 0..REPEATS {
            once();
        }
        start.elapsed() / REPEATS
    })
}

/// As the attribute makes it for `leader = 0, followers = [1, 2]`.
fn star(factory: InProcessTransportFactory) -> ([Endpoint; 3], InProcessTransportFactory) {
    let endpoints = [0, 1, 2].map(|id| factory.create(ShardId(id)));
    for follower in [1, 2] {
        factory.connect(ShardId(0), ShardId(follower));
    }
    (endpoints, factory)
}
