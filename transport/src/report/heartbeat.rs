//! What goes on in a test that hangs: something may still move, and hide since when nothing else does.

use std::time::Duration;

use super::words::few;
use crate::contract::shard_id::ShardId;
use crate::millis::{Millis, millis};
use crate::ordered::ordered;
use crate::trace::event::{Event, EventKind};
use crate::trace::timeline::Timeline;

/// What moves after this part of the time-out goes on to the end.
pub(super) const LATE: f64 = 0.9;

/// Since when nothing moved, or nothing but what moves to the end: the links that carry segments in
/// the last tenth of the time-out.
pub(super) fn since_when(timeline: &Timeline, timeout: Duration) -> String {
    let events = timeline.events();
    let Some(last) = events.iter().rfind(|it| link(it).is_some()) else {
        return "no segment was sent".to_owned();
    };
    let late = timeout.mul_f64(LATE);
    let beating = events.iter().filter(|it| it.at >= late).filter_map(link);
    let beating = ordered(beating.collect());
    if beating.is_empty() {
        let at = Millis(millis(last.at));
        return format!("nothing was sent or received after {at}");
    }
    let other =
        |event: &&Event| link(event).is_some_and(|link| beating.binary_search(&link).is_err());
    let last_other = events.iter().rfind(other);
    let names = beating
        .iter()
        .map(|(from, to)| format!("{from} -> {to}"))
        .collect();
    let names = few(names, ", ");
    let since = last_other.map(|event| Millis(millis(event.at)));
    match since {
        Some(since) => {
            format!("after {since} nothing moved but what is sent on {names}, to the end")
        }
        None => format!("segments moved to the end, on {names}"),
    }
}

/// The link that an event is about.
fn link(event: &Event) -> Option<(ShardId, ShardId)> {
    match event.kind {
        EventKind::Sent(segment)
        | EventKind::Lost(segment, _)
        | EventKind::Held(segment)
        | EventKind::Duplicated(segment)
        | EventKind::Reordered(segment)
        | EventKind::Arrived(segment)
        | EventKind::Received(segment) => Some((segment.from, segment.to)),
        _ => None,
    }
}
