//! The report on a test that failed: one block. It says what failed, how to run it again, and which decisions
//! are enough; then, of the smallest run, what happened, the faults, what each link carried, and who waits for
//! what.

mod build;
mod chaos_words;
mod coverage_words;
mod drawing;
mod faults;
mod files;
mod heartbeat;
mod picture;
mod plain;
mod replay_words;
mod rerun_commands;
mod shrunk_words;
mod story;
mod terminal;
mod waits;
mod words;

use std::fmt::Write as _;
use std::ops::Range;
use std::time::Duration;

use crate::decision::choice::{Decision, FixedDecisions};
use crate::millis::Millis;
use crate::replay::Replay;
use crate::run::execute::Passed;
use crate::run::exhaustive::SingleFault;
use crate::run::failure::{Failure, How};
use crate::run::inert::Exposure;
use crate::run::rerun::Telling;
use crate::run::stuck::Stuck;
use crate::run::test_name::TestName;
use crate::trace::recording::Recording;
use plain::plain;

/// Which of the seeds of a test one is.
pub(crate) enum WhichSeed {
    Alone,
    /// It is one of those that once failed.
    Also,
    /// It is of one of many cases, with what is decided in it.
    Exhaustive(String, FixedDecisions),
    /// It is the lowest of these that failed.
    Sweep {
        seeds: Range<u64>,
        /// What the seeds before it covered, in lines.
        before: Vec<String>,
    },
}

/// A run that failed, and all that is to be said of it.
pub(crate) struct Case<'a> {
    pub(crate) test: &'a TestName,
    pub(crate) seed: u64,
    pub(crate) which: &'a WhichSeed,
    pub(crate) failure: &'a Failure,
    pub(crate) replay: &'a Replay,
    pub(crate) telling: Telling,
}

const RULE: &str =
    "────────────────────────────────────────────────────────────────────────────────";

/// The whole report: what failed, and then what happened. Where the decisions were shrunk, the second part
/// describes the run with the smallest set of them.
pub(crate) fn report(case: &Case<'_>) -> String {
    let mut report = format!("{RULE}\n{}", head(case));
    let first = story::Run {
        test: case.test,
        seed: case.seed,
        failure: case.failure,
        recordings: &case.replay.recordings,
        telling: case.telling,
        decided: &[],
    };
    match case.replay.story() {
        Some((smallest, jitter)) => {
            let _ = writeln!(
                report,
                "\nbelow   the smallest run, in which the mesh draws {}; it fails at {}",
                if jitter {
                    "latencies, and nothing else"
                } else {
                    "nothing else"
                },
                Millis(smallest.at)
            );
            if smallest.how != case.failure.how.to_string() {
                section(&mut report, "", &[plain(&smallest.how)]);
            }
            report += &smallest.told;
            let drawn = smallest.told.contains("\npicture ");
            let before = if drawn { "" } else { "\n" };
            for path in story::pictures(&first, "-first") {
                let _ = writeln!(report, "{before}of the first run {path}");
            }
        }
        None => report += &story::story(&first, ""),
    }
    report + RULE
}

/// Tells what happened in a rerun, which has noted all of it.
pub(crate) fn of_rerun(
    test: &TestName,
    seed: u64,
    failure: &Failure,
    (telling, decided): (Telling, &[Decision]),
) -> String {
    let meshes = failure.snapshot.meshes.iter();
    let recordings = meshes.map(|it| it.recording.clone().whole(&it.recording.faults));
    let run = story::Run {
        test,
        seed,
        failure,
        recordings: &recordings.collect::<Vec<_>>(),
        telling,
        decided,
    };
    story::story(&run, "")
}

/// What the lower seeds covered, all of which passed: in one line, or in `full`.
pub(crate) fn before(passed: &Passed, full: bool) -> Vec<String> {
    if full {
        coverage_words::lines(&passed.coverage, &passed.exposures)
    } else {
        coverage_words::line(&passed.coverage).into_iter().collect()
    }
}

/// Which single faults are to be tried: those of the run without any fault, or `further` ones.
pub(crate) fn to_try(test: &TestName, cases: &[SingleFault], further: bool) -> String {
    let test = test.path();
    let crashes = cases.iter().filter(|it| it.is_crash()).count();
    if further {
        return format!(
            "shard-mesh: `{test}`: {crashes} of the crashes found unsynced writes, and are tried once more, without these"
        );
    }
    let losses = cases.len() - crashes;
    let faults = words::count(cases.len() as u64, "single fault");
    format!(
        "shard-mesh: `{test}`: {faults} to try, of which {losses} are losses and {crashes} crashes"
    )
}

/// That all of them passed.
pub(crate) fn all_tried(test: &TestName, tried: usize) -> String {
    let test = test.path();
    format!(
        "shard-mesh: `{test}`: it passed without any fault, and with each of all {tried} single faults"
    )
}

/// How far a sweep came that went on after its seeds.
pub(crate) fn went_on(
    test: &TestName,
    (time, seeds): (Duration, &Range<u64>),
    swept: &Range<u64>,
) -> String {
    let test = test.path();
    if swept.end == seeds.end {
        format!("shard-mesh: `{test}`: {seeds:?} passed, and took longer than {time:?}")
    } else {
        format!("shard-mesh: `{test}`: {swept:?} passed in {time:?}, after its {seeds:?}")
    }
}

/// What the seeds of a test that passed covered.
pub(crate) fn covered(test: &TestName, passed: &Passed) -> String {
    // What several meshes met is one.
    let mut exposures = Vec::new();
    Exposure::add_all(&mut exposures, passed.exposures.clone());
    let lines = coverage_words::lines(&passed.coverage, &exposures);
    format!("shard-mesh: `{}`: {}", test.path(), lines.join("\n  "))
}

/// How a report of this test is told here.
pub(crate) fn telling(test: &TestName, draw: bool) -> Telling {
    Telling {
        draw,
        color: terminal::color(test),
        columns: terminal::columns(),
    }
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
    let (among, before) = match case.which {
        WhichSeed::Alone => (String::new(), &[][..]),
        WhichSeed::Also => (", one of `also`".to_owned(), &[][..]),
        WhichSeed::Exhaustive(case, _) => (format!(", {case}"), &[][..]),
        WhichSeed::Sweep { seeds, before } => {
            let lowest = format!(", the lowest of {seeds:?} that failed");
            (lowest, &before[..])
        }
    };
    let state = match failure.how {
        How::Stuck(_) => "still runs",
        _ => "failed",
    };
    let mut head = format!(
        "shard-mesh: `{}` {state} at {at} with seed {seed}{among}\n",
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
    section(&mut head, "swept", before);
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
            timeline.text(terminal::color(test), terminal::columns())
        );
        if let Some(path) = picture::save(test, seed, (part, ""), &timeline) {
            let _ = write!(report, "\npicture {path}\n");
        }
        report += RULE;
    }
    report
}
