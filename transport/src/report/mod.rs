//! The report on a test that failed: one block, which says what failed and how to run it again, which
//! faults were in force, what each link carried, who waits for what, and what happened last.

mod build;
mod chaos_words;
mod drawing;
mod faults;
mod files;
mod heartbeat;
mod picture;
mod plain;
mod replay_words;
mod rerun_commands;
mod shrunk_words;
mod waits;
mod words;

use std::env;
use std::fmt::Write as _;
use std::io::{IsTerminal, stderr};
use std::ops::Range;
use std::time::Duration;

use crate::millis::Millis;
use crate::network::stats::LinkStats;
use crate::replay::Replay;
use crate::run::failure::{Failure, How, MeshSnapshot};
use crate::run::stuck::Stuck;
use crate::run::test_name::TestName;
use crate::trace::recording::Recording;
use plain::plain;

/// A run that failed, and all that is to be said of it.
pub(crate) struct Case<'a> {
    pub(crate) test: &'a TestName,
    pub(crate) seed: u64,
    /// The sweep of which this is the lowest seed that failed.
    pub(crate) sweep: Option<&'a Range<u64>>,
    pub(crate) failure: &'a Failure,
    pub(crate) replay: &'a Replay,
    /// Whether to draw what happened.
    pub(crate) draw: bool,
}

const RULE: &str =
    "────────────────────────────────────────────────────────────────────────────────";

/// The whole report.
pub(crate) fn report(case: &Case<'_>) -> String {
    let mut report = format!("{RULE}\n{}", head(case));
    let meshes = &case.failure.snapshot.meshes;
    for (number, mesh) in meshes.iter().enumerate() {
        if meshes.len() > 1 {
            let _ = write!(report, "\nmesh {} of {}\n", number + 1, meshes.len());
        }
        report += &on_mesh(case, number, mesh);
    }
    report + RULE
}

/// A few lines on a run that goes on, for which nothing of its meshes is looked at.
pub(crate) fn stuck(test: &TestName, seed: u64, stuck: &Stuck, why_short: &str) -> String {
    let mut lines = format!(
        "{RULE}\nshard-mesh: `{}` still runs with seed {seed}\n",
        test.path()
    );
    let what = format!("{stuck}\n{}\n{why_short}", stuck.held_up);
    section(&mut lines, "what", &[what]);
    section(&mut lines, "again", &rerun_commands::commands(test, seed));
    lines + RULE
}

/// What failed, when, and what can be done about it.
fn head(case: &Case<'_>) -> String {
    let Case {
        test,
        seed,
        failure,
        ..
    } = case;
    let at = Millis(failure.snapshot.at);
    let lowest = match case.sweep {
        Some(seeds) => format!(", the lowest of {seeds:?} that failed"),
        None => String::new(),
    };
    let state = match failure.how {
        How::Stuck(_) => "still runs",
        _ => "failed",
    };
    let mut head = format!(
        "shard-mesh: `{}` {state} at {at} with seed {seed}{lowest}\n",
        test.path()
    );
    section(
        &mut head,
        "what",
        &[plain(&replay_words::what(failure, case.replay))],
    );
    section(&mut head, "again", &rerun_commands::commands(test, *seed));
    let replayed = replay_words::replayed(case.replay);
    let replayed: Vec<_> = replayed.iter().map(|line| plain(line)).collect();
    section(&mut head, "replay", &replayed);
    section(
        &mut head,
        "shrunk",
        &shrunk_words::shrunk((test, *seed), failure, case.replay),
    );
    section(
        &mut head,
        "picked",
        &shrunk_words::picked(&failure.snapshot),
    );
    section(&mut head, "chaos", &chaos_words::lines(&failure.snapshot));
    if let How::TimedOut(timeout, paused) = failure.how {
        section(&mut head, "moved", &moved(failure, timeout));
        section(&mut head, "help", &help(failure, paused));
    }
    head
}

/// Lines under a word at their left; without lines, nothing.
fn section(text: &mut String, word: &str, lines: &[String]) {
    let mut word = word;
    for line in lines.iter().flat_map(|line| line.lines()) {
        let _ = writeln!(text, "{}", format!("{word:<8}{line}").trim_end());
        word = "";
    }
}

fn on_mesh(case: &Case<'_>, number: usize, mesh: &MeshSnapshot) -> String {
    let mut text = String::new();
    let rerun = case.replay.recordings.get(number);
    let mut timeline = rerun.unwrap_or(&mesh.recording).timeline();
    if let Some(rerun) = rerun {
        timeline.set_labels(rerun.labels());
    }
    block(&mut text, "faults in force", &faults::in_force(mesh));
    block(&mut text, "faults that are over", &faults::over(mesh));
    block(&mut text, "what outlived a crash", &faults::outlived(mesh));
    block(&mut text, "links", &links(mesh));
    if matches!(
        case.failure.how,
        How::TimedOut(..) | How::Lingers(_) | How::StandsStill(_) | How::Stuck(_)
    ) {
        // Of what runs on meanwhile, nobody can say what it waits for.
        let at_rest = matches!(case.failure.how, How::TimedOut(_, true));
        let awaited = &case.failure.snapshot.awaited;
        let mut waiting = waits::awaited(if number == 0 { awaited } else { &[] });
        waiting.extend(waits::lines(&mesh.waits, at_rest));
        waiting.extend(waits::tasks(&mesh.waits));
        block(&mut text, "who waits", &waiting);
    }
    if !case.draw {
        return text;
    }
    if !timeline.events().is_empty() {
        let _ = write!(text, "\nlast events\n{}", timeline.text(color(case.test)));
        if rerun.is_none() {
            text +=
                "(numbers only: what each segment was is known where a rerun took the same way)\n";
        }
    }
    let several = case.failure.snapshot.meshes.len() > 1;
    let part = several.then_some(number + 1);
    if let Some(path) = picture::save(case.test, case.seed, part, &timeline) {
        let _ = write!(text, "\npicture {path}\n");
    }
    text
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

/// Since when nothing moved in a test that came to its time-out.
fn moved(failure: &Failure, timeout: Duration) -> Vec<String> {
    let meshes = &failure.snapshot.meshes;
    let since = meshes
        .iter()
        .map(|mesh| heartbeat::since_when(&mesh.recording.timeline(), timeout));
    match meshes.len() {
        0 | 1 => since.collect(),
        _ => (1..)
            .zip(since)
            .map(|(number, since)| format!("in mesh {number} {since}"))
            .collect(),
    }
}

/// What a test that came to its time-out may suffer from, where nothing of the mesh explains it.
fn help(failure: &Failure, paused: bool) -> Vec<String> {
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

/// Whether the output is read on a terminal as it is written.
fn color(test: &TestName) -> bool {
    let captured = !test.is_program()
        && env::var_os("RUST_TEST_NOCAPTURE").is_none()
        && !env::args_os().any(|it| it == "--nocapture" || it == "--no-capture");
    let wanted = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    wanted && !captured && stderr().is_terminal()
}

/// What happened in a run that passed, for those who want to see it always.
pub(crate) fn passed(test: &TestName, seed: u64, recordings: &[Recording]) -> String {
    let mut report = String::new();
    for (number, recording) in recordings.iter().enumerate() {
        let part = (recordings.len() > 1).then_some(number + 1);
        let timeline = recording.timeline();
        let _ = write!(
            report,
            "{RULE}\nshard-mesh: `{}` passed with seed {seed}\n\n{}",
            test.path(),
            timeline.text(color(test))
        );
        if let Some(path) = picture::save(test, seed, part, &timeline) {
            let _ = write!(report, "\npicture {path}\n");
        }
        report += RULE;
    }
    report
}
