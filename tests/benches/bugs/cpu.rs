use std::time::{Duration, Instant};

use crate::cpu_time::of_this_process;

/// Measures what this process spends on all cores, to 10 ms; where there is no `/proc`, how much time passes.
pub(crate) struct CpuTime {
    began: Instant,
    spent: Option<Duration>,
}

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
