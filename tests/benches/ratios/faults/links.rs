//! The cost of a segment on a stream of them over faulty links.

use shard_mesh::{InProcessTransportFactory, Links};

use super::faulty::Faulty;
use super::millis;
use crate::candidate::Candidate;
use crate::designs::{Segment, Shape, Threads, Workload, harnessed};
use crate::rounds::{Measure, interleave};
use crate::segments::row;
use crate::table::{Bound, heading};

const WORK: Workload = Workload {
    shape: Shape::Stream { receivers: 8 },
    segments: 1 << 20,
};

/// What is wrong with the links, and the share of A1's speed that is to be left.
struct Kind {
    name: &'static str,
    faults: fn(&Links<Segment>),
    bound: Bound,
}

pub(crate) fn run(rounds: usize) {
    let kinds = kinds();
    let mut measures: Vec<Measure> = vec![Candidate::A1.measure(Threads::One, WORK)];
    measures.extend(kinds.iter().map(|kind| measure(kind.faults)));
    // A round is long.
    let samples = interleave(rounds.min(11), &mut measures);
    let [a1, others @ ..] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading(
        "1→8, current_thread, faults on every link",
        "A1",
        "this",
        "ratio",
    );
    for (Kind { name, bound, .. }, samples) in kinds.into_iter().zip(others) {
        row(name, a1, samples, bound).print();
    }
}

fn kinds() -> [Kind; 8] {
    let kind = |name, faults, bound| Kind {
        name,
        faults,
        bound,
    };
    [
        kind("none", |_| {}, Bound::None),
        kind(
            "latency of 5 ms",
            |links| drop(links.latency(millis(5))),
            Bound::AtLeast(0.5),
        ),
        kind(
            "latency of 1 to 20 ms",
            |links| drop(links.latency(millis(1)..=millis(20))),
            Bound::AtLeast(0.5),
        ),
        kind("loss, 1 %", |links| drop(links.loss(0.01)), Bound::None),
        kind(
            "duplication, 1 %",
            |links| drop(links.duplicate(0.01)),
            Bound::None,
        ),
        kind(
            "reorder, 1 %",
            |links| drop(links.reorder(0.01)),
            Bound::None,
        ),
        kind("all three", three, Bound::AtLeast(0.7)),
        kind(
            "all three, and latency of 1 to 20 ms",
            |links| {
                three(links);
                links.latency(millis(1)..=millis(20));
            },
            Bound::None,
        ),
    ]
}

fn three(links: &Links<Segment>) {
    links.loss(0.01);
    links.duplicate(0.01);
    links.reorder(0.01);
}

/// Measures the cost of one segment.
fn measure(faults: fn(&Links<Segment>)) -> Measure {
    Box::new(move || {
        let took = harnessed(Threads::One, move |run| {
            let factory = run.watch(InProcessTransportFactory::new());
            WORK.run(Faulty { factory, faults })
        });
        took / WORK.segments
    })
}
