//! The cost of a segment on a stream of them over faulty links.

use crate::candidate::{Candidate, TOKIO_MPSC};
use crate::designs::{Shape, Threads, Workload};
use crate::rounds::{Measure, interleave};
use crate::segments::row;
use crate::table::{Bound, heading};

const WORK: Workload = Workload {
    shape: Shape::Fan {
        senders: 1,
        receivers: 8,
    },
    segments: 1 << 20,
};

pub(crate) fn run(rounds: usize) {
    let faulty = Candidate::faulty;
    let kinds = [
        (faulty("none", &["log"]), Bound::None),
        (
            faulty("latency of 5 ms", &["log", "latency=5ms"]),
            Bound::AtLeast(0.45),
        ),
        (
            faulty("latency of 1 to 20 ms", &["log", "latency=1ms..20ms"]),
            Bound::AtLeast(0.45),
        ),
        (faulty("loss, 1 %", &["log", "loss"]), Bound::None),
        (
            faulty("duplication, 1 %", &["log", "duplicate"]),
            Bound::None,
        ),
        (faulty("reorder, 1 %", &["log", "reorder"]), Bound::None),
        (
            faulty("all three", &["log", "loss", "duplicate", "reorder"]),
            Bound::AtLeast(0.65),
        ),
        (
            faulty(
                "all three, and latency of 1 to 20 ms",
                &["log", "loss", "duplicate", "reorder", "latency=1ms..20ms"],
            ),
            Bound::None,
        ),
    ];
    let mut measures: Vec<Measure> = vec![TOKIO_MPSC.measure(Threads::One, WORK)];
    measures.extend(
        kinds
            .iter()
            .map(|(kind, _)| kind.measure(Threads::One, WORK)),
    );
    // A round is long.
    let samples = interleave(rounds.min(11), &mut measures);
    let [baseline, others @ ..] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading(
        "1→8, current_thread, faults on every link",
        TOKIO_MPSC.name,
        "this",
        "ratio",
    );
    for ((kind, bound), samples) in kinds.into_iter().zip(others) {
        row(kind.name, baseline, samples, bound).print();
    }
}
