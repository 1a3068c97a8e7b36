use std::fmt;
use std::ops::RangeFrom;
use std::time::Duration;

use crate::bug::Bug;
use crate::cpu_time::CpuTime;
use crate::schedule::Schedule;

/// How far the ranges are apart: further than any of them gets.
const APART: u64 = 1 << 32;

/// How much cpu time is measured at least.
const LEAST: Duration = Duration::from_millis(500);

/// What it took to find a bug, in the median of the ranges.
pub(crate) struct Found {
    pub(crate) seeds: u32,
    pub(crate) seconds: f64,
    /// Whether it was not found within the limit.
    pub(crate) is_limit: bool,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.is_limit { ">" } else { "" };
        if self.seconds < 1.0 {
            write!(f, "{mark}{:.1} ms", self.seconds * 1000.0)
        } else {
            write!(f, "{mark}{:.2} s", self.seconds)
        }
    }
}

/// Looks for a bug in so many ranges of seeds, and counts those that it takes. What one seed costs is measured
/// over all of them, and over more where they are few.
pub(crate) fn search(bug: &Bug, schedule: Schedule, ranges: u64, limit: Duration) -> Found {
    let time = CpuTime::start();
    let mut run = 0;
    let mut ranges: Vec<_> = (0..ranges)
        .map(|range| {
            let seeds = range * APART..;
            let (took, found) = in_range(bug, schedule, seeds, limit);
            run += took;
            (took, found)
        })
        .collect();
    let more = (ranges.len() as u64 * APART..).take_while(|_| time.elapsed() < LEAST);
    for seed in more {
        (bug.shows)(schedule, seed);
        run += 1;
    }
    let each = time.elapsed() / run;
    // Those that did not find it come last.
    ranges.sort_unstable_by_key(|(took, found)| (!found, *took));
    let (seeds, found) = ranges[ranges.len() / 2];
    Found {
        seeds,
        seconds: (each * seeds).as_secs_f64(),
        is_limit: !found,
    }
}

/// How many seeds of a range were run, and whether the last of them found the bug.
fn in_range(bug: &Bug, schedule: Schedule, seeds: RangeFrom<u64>, limit: Duration) -> (u32, bool) {
    let time = CpuTime::start();
    let mut run = 0;
    for seed in seeds {
        run += 1;
        let found = (bug.shows)(schedule, seed);
        if found || time.elapsed() > limit {
            return (run, found);
        }
    }
    unreachable!("no range ends")
}
