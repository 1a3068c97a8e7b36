//! What a test that hangs is told.

use std::fmt::Write as _;
use std::time::Duration;

use crate::observer::{EventKind, Observer};
use crate::waits::Moment;

/// How many of the last events the report tells.
const LAST: usize = 8;

/// The report on a test that came to its time-out.
pub(crate) fn timed_out(
    test: &str,
    timeout: Duration,
    paused: bool,
    observer: &Observer,
) -> String {
    let meshes = observer.meshes();
    let mut events: Vec<_> = meshes.iter().flat_map(|mesh| mesh.events()).collect();
    events.sort_unstable();
    let waits: Vec<_> = meshes.iter().flat_map(|mesh| mesh.waits()).collect();

    let mut report = format!("`{test}` did not finish within its time-out of {timeout:?}");
    report += if paused { " of virtual time" } else { "" };
    for line in &waits {
        let _ = write!(report, "\n  {line}");
    }
    if waits.is_empty() {
        report += "\n  no task waits in recv_segment, send_segment or settle";
    }
    report += match events.len() {
        0 => "\n  no segment was sent",
        _ => "\n  last events:",
    };
    for event in &events[events.len().saturating_sub(LAST)..] {
        let at = Moment(event.record.at);
        let (from, to, number) = (event.record.from, event.to, event.record.segment);
        let _ = match event.kind {
            EventKind::Sent => write!(report, "\n    {at}: {from} sent segment {number} to {to}"),
            EventKind::Received => {
                write!(
                    report,
                    "\n    {at}: {to} received segment {number} of {from}"
                )
            }
        };
    }
    if paused && events.is_empty() {
        report += "\n  help: if the test waits for a thread, a file or a socket, which the paused clock does \
                   not know of, set `start_paused = false`";
    }
    report
}
