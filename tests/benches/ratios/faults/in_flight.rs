//! What a segment costs when many are on their way at once: a link is filled before anything on it
//! is due, then emptied, again and again.

use std::time::{Duration, Instant};

use shard_mesh::{Endpoint, InProcessTransportFactory, Latency, ShardId};

use super::millis;
use crate::candidate::TOKIO_MPSC;
use crate::designs::workload::{body, segment};
use crate::designs::{Shape, Threads, Workload, harnessed};
use crate::rounds::{Measure, interleave};
use crate::samples::Samples;
use crate::segments::row;
use crate::table::{Bound, Figure, Row, heading};

const SEGMENTS: u32 = 1 << 17;
const CAPACITIES: [u32; 4] = [256, 1_024, 4_096, 16_384];
const BASELINE: Workload = Workload {
    shape: Shape::Fan {
        senders: 1,
        receivers: 1,
    },
    segments: SEGMENTS,
};

pub(crate) fn run(rounds: usize) {
    compare("5 ms", millis(5).into(), rounds);
    compare("1 to 20 ms", (millis(1)..=millis(20)).into(), rounds);
}

fn compare(name: &str, latency: Latency, rounds: usize) {
    let mut measures: Vec<Measure> = vec![TOKIO_MPSC.measure(Threads::One, BASELINE)];
    for capacity in CAPACITIES {
        measures.push(measure(capacity, None));
        measures.push(measure(capacity, Some(latency)));
    }
    let samples = interleave(rounds, &mut measures);
    let [baseline, filled @ ..] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading(
        &format!("1→1, in flight at once, latency of {name}"),
        "without",
        "this",
        "ratio",
    );
    for (capacity, pair) in CAPACITIES.iter().zip(filled.chunks_exact(2)) {
        let [without, with] = pair else {
            unreachable!("chunks of two");
        };
        row(&format!("{capacity}"), without, with, Bound::None).print();
    }
    let with: Vec<_> = filled.iter().skip(1).step_by(2).collect();
    heading(
        &format!("what a doubling adds, latency of {name}"),
        TOKIO_MPSC.name,
        "added",
        "of it",
    );
    let last = CAPACITIES.len() - 1;
    for index in 0..last {
        added([index, index + 1], &with, baseline).print();
    }
    added([0, last], &with, baseline).print();
}

/// What a segment costs more for each doubling of what is in flight from one capacity to another.
fn added([from, to]: [usize; 2], samples: &[&Samples], baseline: &Samples) -> Row {
    let doublings = (CAPACITIES[to] / CAPACITIES[from]).ilog2();
    let per_doubling = samples[to].above(samples[from]) / f64::from(doublings);
    let baseline = baseline.median();
    Row {
        what: format!("{} to {}", CAPACITIES[from], CAPACITIES[to]),
        baseline: Some(Figure::new(baseline * 1e9, "ns")),
        figure: Some(Figure::new(per_doubling * 1e9, "ns")),
        ratio: Some(per_doubling / baseline),
        bound: Bound::None,
    }
}

/// Measures the cost of one segment.
fn measure(capacity: u32, latency: Option<Latency>) -> Measure {
    Box::new(move || {
        let took = harnessed(Threads::One, move |run| {
            let factory =
                run.watch(InProcessTransportFactory::new().with_capacity(capacity as usize));
            let pair = [0, 1].map(|id| factory.create(ShardId(id)));
            factory.connect(ShardId(0), ShardId(1));
            if let Some(latency) = latency {
                factory.mesh().all().latency(latency);
            }
            fill_and_empty(pair, capacity)
        });
        took / SEGMENTS
    })
}

async fn fill_and_empty([sender, receiver]: [Endpoint; 2], capacity: u32) -> Duration {
    let data = body();
    let start = Instant::now();
    for _ in 0..SEGMENTS / capacity {
        for number in 0..capacity {
            let sent = sender.send_segment(ShardId(1), segment(number, &data));
            sent.await.expect("an open link");
        }
        for _ in 0..capacity {
            receiver.recv_segment().await.expect("all that was sent");
        }
    }
    start.elapsed()
}
