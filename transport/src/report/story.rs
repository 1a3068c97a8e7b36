//! What happened in a run that failed: the diagram, the faults, what each link carried, who waits where it
//! hangs, and the picture.

use std::fmt::Write as _;

use super::{faults, heartbeat, picture, waits};
use crate::decision::choice::Decision;
use crate::millis::Millis;
use crate::network::stats::LinkStats;
use crate::run::failure::{Failure, How, MeshSnapshot};
use crate::run::rerun::Telling;
use crate::run::test_name::TestName;
use crate::trace::recording::Recording;
use crate::trace::timeline::Timeline;

/// A run, of which this is told.
pub(super) struct Run<'a> {
    pub(super) test: &'a TestName,
    pub(super) seed: u64,
    pub(super) failure: &'a Failure,
    /// All that happened in each mesh, where a rerun has noted it.
    pub(super) recordings: &'a [Recording],
    pub(super) telling: Telling,
    /// The decisions without which it does not fail, if they are known.
    pub(super) decided: &'a [Decision],
}

/// The story of each mesh. `which` run of the seed it is, is in the names of its pictures.
pub(super) fn story(run: &Run<'_>, which: &str) -> String {
    let mut text = String::new();
    let meshes = &run.failure.snapshot.meshes;
    if meshes.is_empty() {
        block(&mut text, "who waits", &help(run.failure));
    }
    for (number, mesh) in meshes.iter().enumerate() {
        if meshes.len() > 1 {
            let _ = write!(text, "\nmesh {} of {}\n", number + 1, meshes.len());
        }
        let timeline = run.timeline(number);
        of_mesh(&mut text, run, (number, mesh), &timeline);
        if let Some(picture) = save(run, number, which, &timeline) {
            let _ = write!(text, "\n{picture}\n");
        }
    }
    text
}

/// Draws a run, and names the files.
pub(super) fn pictures(run: &Run<'_>, which: &str) -> Vec<String> {
    let meshes = 0..run.failure.snapshot.meshes.len();
    meshes
        .filter_map(|number| save(run, number, which, &run.timeline(number)))
        .collect()
}

fn save(run: &Run<'_>, number: usize, which: &str, timeline: &Timeline) -> Option<String> {
    if !run.telling.draw {
        return None;
    }
    let several = run.failure.snapshot.meshes.len() > 1;
    let part = (several.then_some(number + 1), which);
    let path = picture::save(run.test, run.seed, part, timeline)?;
    Some(format!("picture {path}"))
}

impl Run<'_> {
    /// What happened in a mesh, as far as it is known.
    fn timeline(&self, number: usize) -> Timeline {
        let Some(rerun) = self.recordings.get(number) else {
            return self.failure.snapshot.meshes[number].recording.timeline();
        };
        let mut timeline = rerun.timeline();
        timeline.set_labels(rerun.labels());
        let decided = self.decided.iter().filter_map(Decision::segment);
        let here = decided.filter(|(mesh, _)| *mesh == number);
        timeline.decided = here.map(|(_, segment)| segment).collect();
        timeline
    }
}

fn of_mesh(
    text: &mut String,
    run: &Run<'_>,
    (number, mesh): (usize, &MeshSnapshot),
    timeline: &Timeline,
) {
    let Telling {
        draw,
        color,
        columns,
    } = run.telling;
    if draw && !timeline.events().is_empty() {
        let drawn = timeline.text(color, columns);
        let _ = write!(text, "\nwhat happened\n{drawn}");
        if run.recordings.get(number).is_none() {
            *text +=
                "(numbers only: what each segment was is known where a rerun took the same way)\n";
        }
    }
    block(text, "faults", &faults::all(mesh));
    block(text, "what outlived a crash", &faults::outlived(mesh));
    block(text, "links", &links(mesh));
    block(text, "who waits", &who_waits(run.failure, number, timeline));
}

/// Who waits for what, in a test that hangs.
fn who_waits(failure: &Failure, number: usize, timeline: &Timeline) -> Vec<String> {
    let mesh = &failure.snapshot.meshes[number];
    let (hangs, timed_out) = match failure.how {
        How::TimedOut(timeout, paused) => (true, Some((timeout, paused))),
        How::Lingers(_) | How::StandsStill(_) | How::Stuck(_) => (true, None),
        _ => (false, None),
    };
    if !hangs {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if let Some((timeout, _)) = timed_out {
        lines.push(heartbeat::since_when(timeline, timeout));
        lines.extend(timeline.cycle(timeout.mul_f64(heartbeat::LATE)));
    }
    // Of what runs on meanwhile, nobody can say what it waits for.
    let at_rest = timed_out.is_some_and(|(_, paused)| paused);
    if number == 0 {
        lines.extend(waits::awaited(&failure.snapshot.awaited));
        let polled_at = failure
            .snapshot
            .body_polled_at
            .filter(|_| timed_out.is_some());
        lines.extend(polled_at.map(|at| {
            let at = Millis(at);
            format!("the test's own body is not over, and was polled last at {at}")
        }));
    }
    lines.extend(waits::lines(&mesh.waits, at_rest));
    lines.extend(waits::tasks(&mesh.waits));
    if number + 1 == failure.snapshot.meshes.len() {
        lines.extend(help(failure));
    }
    lines
}

/// What a test that came to its time-out may suffer from, where nothing of the mesh explains it.
fn help(failure: &Failure) -> Vec<String> {
    let How::TimedOut(_, paused) = failure.how else {
        return Vec::new();
    };
    let meshes = &failure.snapshot.meshes;
    let waits = !failure.snapshot.awaited.is_empty()
        || meshes.iter().any(|mesh| !mesh.waits.all.is_empty());
    let moved = meshes.iter().any(|mesh| mesh.recording.count() > 0);
    let mut help = Vec::new();
    if !waits {
        help.push("no task waits in recv_segment, send_segment or settle".to_owned());
    }
    if paused && (!waits || !moved) {
        help.push(
            "if the test waits for a thread, a file or a socket, of which the paused clock does not \
             know, set `start_paused = false`"
                .to_owned(),
        );
    }
    help
}

/// Lines under a title; without lines, nothing.
fn block(text: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = write!(text, "\n{title}\n");
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}

/// A row for each link that carried anything.
fn links(mesh: &MeshSnapshot) -> Vec<String> {
    const MOST: usize = 20;
    let used = mesh.stats.used();
    let all = used.links().len();
    if all == 0 && used.unknown_peers() == 0 {
        return vec!["none has carried anything".to_owned()];
    }
    let incomplete = |link: &&LinkStats| !link.is_complete();
    let told = used.links().iter().filter(incomplete).count() <= MOST;
    let table = used.most_telling(MOST).to_string();
    let mut rows: Vec<_> = table.lines().map(str::to_owned).collect();
    if all > MOST {
        let complete = if told {
            ", on which all was received"
        } else {
            ""
        };
        rows.push(format!("and {} more{complete}", all - MOST));
    }
    rows
}
