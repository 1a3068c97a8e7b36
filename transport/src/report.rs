//! What a test that hangs is told.

use std::fmt::Write as _;
use std::time::Duration;

use crate::latency::millis;
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
    let timelines: Vec<_> = meshes.iter().map(|it| it.recording().timeline()).collect();
    let events: Vec<_> = timelines.iter().flat_map(|it| it.events()).collect();
    let waits: Vec<_> = meshes.iter().flat_map(|mesh| mesh.waits()).collect();

    let mut report = format!("`{test}` did not finish within its time-out of {timeout:?}");
    report += if paused { " of virtual time" } else { "" };
    for line in waits.iter().take(MOST_WAITS) {
        let _ = write!(report, "\n  {line}");
    }
    if waits.len() > MOST_WAITS {
        let _ = write!(report, "\n  and {} more wait", waits.len() - MOST_WAITS);
    }
    let faults = meshes.iter().flat_map(|mesh| mesh.faults());
    for fault in faults.filter(|it| it.stands()) {
        let _ = write!(
            report,
            "\n  in force: {} at {}",
            fault.info.what, fault.info.asked
        );
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
        "\n  nothing was sent or received after {:?}, the last events are:",
        last.at
    );
    for event in &events[events.len().saturating_sub(LAST)..] {
        let _ = write!(report, "\n    {}: {}", Moment(millis(event.at)), event.kind);
    }
    report
}
