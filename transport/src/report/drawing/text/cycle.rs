//! Messages that go round to the end of a run, and get nobody anywhere.

use std::time::Duration;

use super::repeats::{self, Shown};
use super::window::{NEWEST, rows};
use crate::report::drawing::steps::{Layout, What};
use crate::report::drawing::words;
use crate::trace::timeline::Timeline;

/// So many lines may come after the last turn, which may not be whole.
const AFTER: usize = 8;

/// So many messages are told.
const MOST: usize = 6;

impl Timeline {
    /// What comes again and again until after `late`, how often, and since when; `None` if nothing does.
    pub(crate) fn cycle(&self, late: Duration) -> Option<String> {
        let layout = Layout::new(self);
        let steps = layout.steps.len();
        let first = steps.saturating_sub(NEWEST);
        let rows = rows(self, &layout, &self.shards, first..steps);
        let shown = repeats::fold(&layout, self, &rows);
        let last = shown
            .iter()
            .rposition(|it| matches!(it, Shown::Again { .. }))?;
        let Shown::Again {
            period,
            turns,
            steps,
        } = shown[last]
        else {
            return None;
        };
        if shown.len() - last > AFTER || layout.steps[steps.end - 1].at < late {
            return None;
        }
        let once = &shown[last - period..last];
        let mut messages = Vec::new();
        for step in once.iter().map(|it| &layout.steps[it.steps().first]) {
            if let (What::Sent(_), Some(flight)) = (&step.what, layout.flight(step)) {
                let segment = flight.segment;
                let number = format!("#{}", segment.number);
                let label = self.label(&segment).map_or(number, str::to_owned);
                messages.push(format!("{} -> {} {label}", segment.from, segment.to));
            }
        }
        if messages.is_empty() {
            return None;
        }
        let more = messages.len().saturating_sub(MOST);
        messages.truncate(MOST);
        if more > 0 {
            messages.push(format!("and {more} more"));
        }
        let since = words::time(layout.steps[once[0].steps().first].at);
        let messages = messages.join("; ");
        let times = turns + 1;
        // Before that nobody has looked.
        let whole = first == 0 && self.forgotten == 0 || last > period;
        let (since, times) = if whole {
            (format!("since {since}"), format!("{times} times"))
        } else {
            (
                format!("since {since} or earlier"),
                format!("{times} times or more"),
            )
        };
        Some(format!(
            "{since} the same is sent again and again, {times}, but for numbers: {messages}"
        ))
    }
}
