use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use shard_mesh::InProcessTransportFactory;

use crate::designs::{
    A1, BehindTrait, GlobalMutex, Inherent, Shape, SharedChannel, Threads, Workload, harnessed,
    plain,
};
use crate::table::{Bound, Figure, Row, heading};

/// Enough to fill every link and to grow every queue and log to its full size.
const WARM: u32 = 1 << 19;
/// How many segments are counted.
const COUNTED: u32 = 1 << 14;

/// What the rows of one design are to reach.
type Limits = Option<(f64, f64)>;

pub(crate) fn run() {
    let shapes = [
        (
            "1→1",
            Shape::Fan {
                senders: 1,
                receivers: 1,
            },
        ),
        (
            "1→64",
            Shape::Fan {
                senders: 1,
                receivers: 64,
            },
        ),
        (
            "8→1",
            Shape::Fan {
                senders: 8,
                receivers: 1,
            },
        ),
        ("ping", Shape::Ping),
    ];
    for (name, shape) in shapes {
        heading(
            &format!("allocations per segment, {name}"),
            "A1",
            "this",
            "",
        );
        let a1 = per_segment(shape, |work| plain(Threads::One, work.run(A1)));
        let none = Some((0.0, 0.0));
        let two = Some((2.0, 112.0));
        print("inherent, log on", &a1, &per_segment(shape, logged), none);
        print("inherent, log off", &a1, &per_segment(shape, bare), none);
        print(
            "dyn Transport, log on",
            &a1,
            &per_segment(shape, dyn_logged),
            two,
        );
        print(
            "dyn Transport, log off",
            &a1,
            &per_segment(shape, dyn_bare),
            two,
        );
        print(
            "(a global mutex over maps of senders)",
            &a1,
            &per_segment(shape, global_mutex),
            None,
        );
        print(
            "(A1 sharing one channel per receiver)",
            &a1,
            &per_segment(shape, shared),
            None,
        );
    }
}

fn logged(work: Workload) -> Duration {
    harnessed(Threads::One, move |run| {
        work.run(Inherent(run.watch(factory())))
    })
}

fn bare(work: Workload) -> Duration {
    plain(Threads::One, work.run(Inherent(factory())))
}

fn dyn_logged(work: Workload) -> Duration {
    harnessed(Threads::One, move |run| {
        work.run(BehindTrait(Inherent(run.watch(factory()))))
    })
}

fn dyn_bare(work: Workload) -> Duration {
    plain(Threads::One, work.run(BehindTrait(Inherent(factory()))))
}

fn global_mutex(work: Workload) -> Duration {
    plain(Threads::One, work.run(GlobalMutex))
}

fn shared(work: Workload) -> Duration {
    plain(Threads::One, work.run(SharedChannel))
}

fn factory() -> InProcessTransportFactory {
    InProcessTransportFactory::new()
}

/// Allocations and bytes per segment once all has grown to its size: what a longer run needs more
/// than a shorter one.
fn per_segment(shape: Shape, run: fn(Workload) -> Duration) -> [f64; 2] {
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

fn print(what: &str, a1: &[f64; 2], own: &[f64; 2], limits: Limits) {
    let limit = |value, unit| Bound::Limit(Figure::new(value, unit));
    let bounds = match limits {
        None => [Bound::None, Bound::None],
        Some((count, bytes)) => [limit(count, ""), limit(bytes, "B")],
    };
    for (((unit, a1), own), bound) in ["", "B"].into_iter().zip(a1).zip(own).zip(bounds) {
        let row = Row {
            what: what.to_owned(),
            baseline: Some(Figure::new(*a1, unit)),
            figure: Some(Figure::new(*own, unit)),
            ratio: None,
            bound,
        };
        row.print();
    }
}
