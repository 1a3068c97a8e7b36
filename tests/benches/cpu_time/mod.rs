//! Time on a core: user and system time, where there is `/proc`.

use std::time::{Duration, Instant};

/// What all processes that this one has waited for, and theirs, have spent.
#[allow(dead_code, reason = "not every bench has children")]
pub(crate) fn of_children() -> Option<Duration> {
    times(16)
}

/// Measures what this process spends on all cores, to 10 ms; where there is no `/proc`, how much time passes.
#[allow(dead_code, reason = "not every bench asks for its own")]
pub(crate) struct CpuTime {
    began: Instant,
    spent: Option<Duration>,
}

#[allow(dead_code, reason = "not every bench asks for its own")]
impl CpuTime {
    pub(crate) fn start() -> Self {
        Self {
            began: Instant::now(),
            spent: of_this_process(),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        match (self.spent, of_this_process()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.began.elapsed(),
        }
    }
}

#[allow(dead_code, reason = "not every bench asks for its own")]
fn of_this_process() -> Option<Duration> {
    times(14)
}

/// The sum of a user and a system time, of which the first is the field of that number, which counts from 1.
fn times(field: usize) -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may hold anything (proc_pid_stat(5)).
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(field - 3);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    // In ticks of USER_HZ, which is 100 on all that Linux runs on today.
    Some(Duration::from_millis((user + system) * 10))
}
