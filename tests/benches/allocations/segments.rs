use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use shard_mesh::InProcessTransportFactory;

use crate::designs::{
    BehindTrait, Inherent, Shape, Threads, TokioMpsc, Workload, harnessed, plain,
};
use crate::table::{Bound, Figure, Row, heading};

/// Enough to fill every link and to grow every queue and log to its full size.
const WARM: u32 = 1 << 19;
/// How many segments are counted.
const COUNTED: u32 = 1 << 14;

type Run = fn(Workload) -> Duration;

pub(crate) fn run() {
    let fan = |senders, receivers| Shape::Fan { senders, receivers };
    for shape in [fan(1, 1), fan(1, 64), fan(8, 1), Shape::Ping] {
        let title = format!("allocations per segment, {shape}");
        heading(&title, "tokio mpsc", "this", "");
        let baseline = per_segment(shape, |work| plain(Threads::One, work.run(TokioMpsc)));
        let designs: [(&str, Run, f64); 4] = [
            ("inherent, log on", logged, 0.0),
            ("inherent, log off", bare, 0.0),
            ("dyn Transport, log on", dyn_logged, 2.0),
            ("dyn Transport, log off", dyn_bare, 2.0),
        ];
        for (what, run, most) in designs {
            print(what, &baseline, &per_segment(shape, run), most);
        }
    }
}

fn logged(work: Workload) -> Duration {
    harnessed(Threads::One, move |run| {
        work.run(Inherent::new(run.watch(factory())))
    })
}

fn bare(work: Workload) -> Duration {
    plain(Threads::One, work.run(Inherent::new(factory())))
}

fn dyn_logged(work: Workload) -> Duration {
    harnessed(Threads::One, move |run| {
        work.run(BehindTrait(Inherent::new(run.watch(factory()))))
    })
}

fn dyn_bare(work: Workload) -> Duration {
    plain(
        Threads::One,
        work.run(BehindTrait(Inherent::new(factory()))),
    )
}

fn factory() -> InProcessTransportFactory {
    InProcessTransportFactory::new()
}

/// Allocations and bytes per segment once all has grown to its size: what a longer run needs more
/// than a shorter one.
fn per_segment(shape: Shape, run: Run) -> [f64; 2] {
    let count = |segments| {
        measure(|| {
            run(Workload { shape, segments });
        })
    };
    let (short, long): (AllocationInfo, _) = (count(WARM), count(WARM + COUNTED));
    [
        (long.count_total, short.count_total),
        (long.bytes_total, short.bytes_total),
    ]
    .map(|(long, short)| {
        f64::from(u32::try_from(long - short).expect("a difference")) / f64::from(COUNTED)
    })
}

/// The bound is on the number of allocations.
fn print(what: &str, baseline: &[f64; 2], own: &[f64; 2], most: f64) {
    let bounds = [Bound::Limit(Figure::new(most, "")), Bound::None];
    for (((unit, baseline), own), bound) in ["", "B"].into_iter().zip(baseline).zip(own).zip(bounds)
    {
        let row = Row {
            what: what.to_owned(),
            baseline: Some(Figure::new(*baseline, unit)),
            figure: Some(Figure::new(*own, unit)),
            ratio: None,
            bound,
        };
        row.print();
    }
}
