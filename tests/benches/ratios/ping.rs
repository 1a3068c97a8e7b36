//! The cost of a segment when each waits for the one before.

use crate::candidate::Candidate::{Bare, Logged};
use crate::designs::{Shape, Threads, Workload};
use crate::segments::compare;
use crate::table::Bound;

const SEGMENTS: u32 = 1 << 14;

pub(crate) fn run(rounds: usize) {
    let work = Workload {
        shape: Shape::Ping,
        segments: SEGMENTS,
    };
    compare(
        "ping, current_thread",
        Threads::One,
        work,
        rounds,
        |candidate| match candidate {
            Logged | Bare => Bound::AtLeast(1.0),
            _ => Bound::None,
        },
    );
}
