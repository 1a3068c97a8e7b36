//! The cost of a segment on a stream of them.

use crate::candidate::Candidate::{
    self, A1, Bare, DynBare, DynLogged, GlobalMutex, Logged, SharedChannel,
};
use crate::designs::{Shape, Threads, Workload};
use crate::rounds::{Measure, interleave};
use crate::samples::Samples;
use crate::table::{Bound, Figure, Row, heading};

/// Some milliseconds: short enough that one round sees one mood of the machine.
const SEGMENTS: u32 = 1 << 17;

const CANDIDATES: [Candidate; 7] = [
    A1,
    Logged,
    Bare,
    DynLogged,
    DynBare,
    GlobalMutex,
    SharedChannel,
];

const LINKS: [(u32, u32); 4] = [(1, 1), (1, 8), (1, 64), (8, 1)];

pub(crate) fn run(rounds: usize) {
    for threads in [Threads::One, Threads::Two] {
        for (senders, receivers) in LINKS {
            let name = match threads {
                Threads::One => format!("{senders}→{receivers}, current_thread"),
                Threads::Two => format!("{senders}→{receivers}, two workers"),
            };
            let work = Workload {
                shape: Shape::Fan { senders, receivers },
                segments: SEGMENTS,
            };
            compare(&name, threads, work, rounds, |candidate| {
                bound(candidate, threads, (senders, receivers))
            });
        }
    }
    for (senders, receivers) in LINKS {
        let work = Workload {
            shape: Shape::UncountedFan { senders, receivers },
            segments: SEGMENTS,
        };
        let name = format!("{senders}→{receivers}, two workers, static bytes");
        compare(&name, Threads::Two, work, rounds, |_| Bound::None);
    }
}

/// Prints how all candidates do at `work`, against A1, and against the global mutex.
pub(crate) fn compare(
    name: &str,
    threads: Threads,
    work: Workload,
    rounds: usize,
    bound: impl Fn(Candidate) -> Bound,
) {
    let mut measures: Vec<Measure> = CANDIDATES
        .iter()
        .map(|candidate| candidate.measure(threads, work))
        .collect();
    let samples = interleave(rounds, &mut measures);
    let of = |candidate| {
        let index = CANDIDATES.iter().position(|other| *other == candidate);
        &samples[index.expect("a candidate of the list")]
    };

    heading(name, "A1", "this", "ratio");
    for candidate in &CANDIDATES[1..] {
        row(candidate.name(), of(A1), of(*candidate), bound(*candidate)).print();
    }
    heading(
        "the same, against the global mutex",
        "mutex",
        "this",
        "ratio",
    );
    for candidate in [Logged, Bare] {
        let bound = match (threads, work.shape) {
            (Threads::One, Shape::Fan { .. }) => Bound::AtLeast(3.5),
            _ => Bound::None,
        };
        row(candidate.name(), of(GlobalMutex), of(candidate), bound).print();
    }
}

pub(crate) fn row(what: &str, baseline: &Samples, samples: &Samples, bound: Bound) -> Row {
    Row {
        what: what.to_owned(),
        baseline: Some(nanos(baseline)),
        figure: Some(nanos(samples)),
        ratio: Some(baseline.relative_to(samples)),
        bound,
    }
}

fn nanos(samples: &Samples) -> Figure {
    Figure::new(samples.median() * 1e9, "ns")
}

fn bound(candidate: Candidate, threads: Threads, links: (u32, u32)) -> Bound {
    match (threads, candidate) {
        (Threads::One, Logged) => Bound::AtLeast(1.3),
        (Threads::One, Bare) => Bound::AtLeast(1.6),
        (Threads::One, DynLogged | DynBare) => Bound::AtLeast(1.15),
        (Threads::Two, Logged | Bare) if links == (1, 1) => Bound::AtLeast(0.9),
        (Threads::Two, Logged | Bare) => Bound::AtLeast(1.8),
        _ => Bound::None,
    }
}
