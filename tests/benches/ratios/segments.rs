//! The cost of a segment on a stream of them, and when each waits for the one before.

use crate::candidate::{BARE, Candidate, DYN_BARE, DYN_LOGGED, LOGGED, TOKIO_MPSC};
use crate::designs::{Shape, Threads, Workload};
use crate::rounds::{Measure, interleave};
use crate::samples::Samples;
use crate::table::{Bound, Figure, Row, heading};

/// Some milliseconds: short enough that one round sees one mood of the machine.
const SEGMENTS: u32 = 1 << 17;

const LINKS: [(u32, u32); 4] = [(1, 1), (1, 8), (1, 64), (8, 1)];

pub(crate) fn run(rounds: usize) {
    for threads in [Threads::One, Threads::Two] {
        for (senders, receivers) in LINKS {
            compare(threads, Shape::Fan { senders, receivers }, SEGMENTS, rounds);
        }
    }
}

pub(crate) fn ping(rounds: usize) {
    compare(Threads::One, Shape::Ping, SEGMENTS / 8, rounds);
}

/// Prints how all designs do against the baseline.
fn compare(threads: Threads, shape: Shape, segments: u32, rounds: usize) {
    let work = Workload { shape, segments };
    let rows = designs(threads, shape);
    let mut measures: Vec<Measure> = vec![TOKIO_MPSC.measure(threads, work)];
    measures.extend(rows.iter().map(|(design, _)| design.measure(threads, work)));
    let samples = interleave(rounds, &mut measures);
    let [baseline, others @ ..] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    let threads = match threads {
        Threads::One => "current_thread",
        Threads::Two => "two workers",
    };
    heading(
        &format!("{shape}, {threads}"),
        TOKIO_MPSC.name,
        "this",
        "ratio",
    );
    for ((design, bound), samples) in rows.into_iter().zip(others) {
        row(design.name, baseline, samples, bound).print();
    }
}

fn designs(threads: Threads, shape: Shape) -> [(Candidate, Bound); 4] {
    let least = match (threads, shape) {
        (Threads::Two, _) => [Bound::None; 4],
        (Threads::One, Shape::Fan { receivers: 64, .. }) => {
            [0.75, 0.85, 0.65, 0.65].map(Bound::AtLeast)
        }
        (Threads::One, _) => [0.85, 1.0, 0.65, 0.65].map(Bound::AtLeast),
    };
    let [logged, bare, dyn_logged, dyn_bare] = least;
    [
        (LOGGED, logged),
        (BARE, bare),
        (DYN_LOGGED, dyn_logged),
        (DYN_BARE, dyn_bare),
    ]
}

pub(crate) fn row(what: &str, baseline: &Samples, samples: &Samples, bound: Bound) -> Row {
    let nanos = |samples: &Samples| Figure::new(samples.median() * 1e9, "ns");
    Row {
        what: what.to_owned(),
        baseline: Some(nanos(baseline)),
        figure: Some(nanos(samples)),
        ratio: Some(baseline.relative_to(samples)),
        bound,
    }
}
