//! What a test that hangs is told.

use std::fmt::Write as _;
use std::time::Duration;

use crate::log::EventKind;
use crate::observer::Observer;
use crate::waits::Moment;

/// How many of those who wait the report names.
const MOST_WAITS: usize = 20;

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
    for line in waits.iter().take(MOST_WAITS) {
        let _ = write!(report, "\n  {line}");
    }
    if waits.len() > MOST_WAITS {
        let _ = write!(report, "\n  and {} more wait", waits.len() - MOST_WAITS);
    }
    for fault in meshes.iter().flat_map(|mesh| mesh.in_force()) {
        let _ = write!(report, "\n  in force: {} at {}", fault.what, fault.asked);
    }
    if waits.is_empty() {
        report += "\n  no task waits in recv_segment, send_segment or settle";
    }
    if paused && waits.is_empty() {
        report += "\n  help: if the test waits for a thread, a file or a socket, of which the paused \
                   clock does not know, set `start_paused = false`";
    }
    let Some(last) = events.last() else {
        return report + "\n  no segment was sent";
    };
    let _ = write!(
        report,
        "\n  nothing was sent or received after {}, the last events are:",
        Moment(last.record.at)
    );
    for event in &events[events.len().saturating_sub(LAST)..] {
        let at = Moment(event.record.at);
        let (from, to, number) = (event.record.from, event.to, event.record.segment);
        let what = match event.record.kind {
            EventKind::Sent => format!("shard {from} sent segment {number} to shard {to}"),
            EventKind::Lost => format!("segment {number} from shard {from} to shard {to} was lost"),
            EventKind::Held => format!("segment {number} from shard {from} to shard {to} was held"),
            EventKind::Duplicated => {
                format!("segment {number} from shard {from} to shard {to} was duplicated")
            }
            EventKind::Reordered => {
                format!("segment {number} from shard {from} to shard {to} may be overtaken")
            }
            EventKind::Received => format!("shard {to} received segment {number} of shard {from}"),
        };
        let _ = write!(report, "\n    {at}: {what}");
    }
    report
}
