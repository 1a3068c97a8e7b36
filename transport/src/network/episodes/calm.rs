//! The end of chaos.

use std::sync::Arc;

use crate::network::episodes::state::{Phase, PlanState};
use crate::network::inbox::shard::Shard;
use crate::network::network::Network;

impl<P: Send> Network<P> {
    /// Ends what chaos, and lines that have planned something, have begun, and cancels what they have
    /// not. The shards that are restarted by that, each with its new life.
    pub(crate) fn calm(&self) -> Vec<(Arc<Shard<P>>, u64)> {
        let running = self.episodes.change(|state| {
            state.is_calm = true;
            for planned in &mut state.planned {
                if planned.state == PlanState::Waits {
                    planned.state = PlanState::Cancelled;
                }
            }
            let course = state.chaos.as_mut().and_then(|it| it.course.as_mut());
            for stream in course.into_iter().flat_map(|it| &mut it.streams) {
                stream.phase = Phase::Over;
            }
            std::mem::take(&mut state.running)
        });
        let mut restarted = Vec::new();
        for ended in &running {
            restarted.extend(self.undo(&ended.undo));
        }
        // With the latency of their links, what was slowed arrives.
        let now = self.context.time();
        self.on_all(|arrivals, to_wake| arrivals.speed_up(now, to_wake));
        self.attend();
        restarted
    }
}
