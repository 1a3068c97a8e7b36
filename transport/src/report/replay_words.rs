//! What came of running a seed again, in words.

use super::files;
use super::words::count;
use crate::replay::{Parting, Replay, Reproduction, Shrunk, Smallest};
use crate::run::failure::Failure;
use crate::run::test_name::TestName;

const USUAL_CAUSES: &str = "usual causes: the branch that `select!` takes (write `biased;` in it, or build with\n`RUSTFLAGS=\"--cfg tokio_unstable\"`), the order of a `HashMap`, a random number or a clock of\nthe test's own, other threads, files, state that outlives a test";

/// How the test failed; with the error that it returned, where a rerun failed in the same way and
/// told it.
pub(super) fn what(failure: &Failure, replay: &Replay) -> String {
    match &replay.error {
        Some(error) => format!("returned an error: {error}"),
        None => failure.how.to_string(),
    }
}

pub(super) fn replayed(replay: &Replay) -> Vec<String> {
    match &replay.outcome {
        Reproduction::Reproduced { events } => {
            let events = count(*events, "event");
            let reruns = reruns(replay.same);
            let same = format!("{reruns} took the same {events} and failed in the same way");
            match replay.shrunk {
                Shrunk::Differs => vec![
                    format!("differs from run to run: {same}, but with"),
                    "the same decisions fixed, one failed in that place and another did not"
                        .to_owned(),
                    USUAL_CAUSES.to_owned(),
                ],
                _ => vec![format!("reproduced: {same}")],
            }
        }
        Reproduction::Diverged(parting) => differs(replay.same, diverged(parting)),
        Reproduction::EndedOtherwise(how) => differs(
            replay.same,
            format!("diverged after the last event: the rerun {how}"),
        ),
        Reproduction::NotRun(why) => vec![format!("not run again: {why}")],
    }
}

fn reruns(number: u32) -> String {
    match number {
        1 => "a rerun".to_owned(),
        number => format!("{number} reruns"),
    }
}

/// What the last rerun did, after so many that did the same as the first run.
fn differs(same: u32, last: String) -> Vec<String> {
    let mut lines = Vec::new();
    if same > 0 {
        let reruns = reruns(same);
        lines.push(format!(
            "differs from run to run: {reruns} failed in the same way, and the next one did not"
        ));
    }
    lines.extend([last, USUAL_CAUSES.to_owned()]);
    lines
}

fn diverged(parting: &Parting) -> String {
    let Parting {
        event,
        expected,
        came,
    } = parting;
    if expected.is_none() && came.is_none() {
        let (after, before) = event;
        return match *before {
            u64::MAX => format!("diverged after event {after}, which is too long ago to tell more"),
            before => format!(
                "diverged between the events {after} and {before}, too long ago to tell more"
            ),
        };
    }
    let told = |what: &Option<String>| what.clone().unwrap_or_else(|| "nothing".to_owned());
    format!(
        "diverged at event {}\nin the first run: {}\nin the rerun:     {}",
        event.0,
        told(expected),
        told(came)
    )
}

pub(super) fn shrunk(test: &TestName, seed: u64, replay: &Replay) -> Vec<String> {
    match &replay.shrunk {
        Shrunk::Not | Shrunk::Differs => Vec::new(),
        Shrunk::Failed(why) => vec![format!("not shrunk: {why}")],
        Shrunk::To(smallest) => {
            let mut lines = smallest_set(smallest);
            lines.extend(rules((test, seed), smallest));
            lines
        }
    }
}

/// Above so many lines, rules go into a file.
const MOST_LINES: usize = 30;

/// The rules to paste, or where they are and what stands out in them.
fn rules((test, seed): (&TestName, u64), smallest: &Smallest) -> Vec<String> {
    let rules: Vec<_> = smallest.rules.lines().map(str::to_owned).collect();
    if rules.len() <= MOST_LINES {
        return rules;
    }
    let file = files::save(test, seed, ".rule.rs", &smallest.rules);
    let mut lines = vec![format!("rule    {file}")];
    lines.extend(smallest.summary.iter().map(|line| format!("    {line}")));
    lines
}

fn smallest_set(smallest: &Smallest) -> Vec<String> {
    let Smallest {
        decisions,
        of,
        runs,
        whole,
        jitter,
        ..
    } = smallest;
    let runs = count((*runs).into(), "run");
    let time = if *whole {
        ""
    } else {
        ", and fewer may do: the time was up"
    };
    let (enough, instead) = match (decisions, jitter) {
        (0, false) => (
            "no random decision is needed".to_owned(),
            "it fails without",
        ),
        (0, true) if smallest.replaced.is_empty() => {
            let needed = "only latencies are left to chance, and it needs them as they are";
            let mut lines = vec![format!("{needed} ({runs})")];
            lines.extend(kept(smallest));
            return lines;
        }
        (0, true) => (
            "no loss, copy or reordering is needed".to_owned(),
            "it fails without",
        ),
        (1, _) => (
            format!("1 of {of} random decisions is enough"),
            "put this in place of",
        ),
        (some, _) => (
            format!("{some} of {of} random decisions are enough"),
            "put this in place of",
        ),
    };
    let mut lines = vec![
        format!("{enough} to fail in the same place ({runs}{time})"),
        instead.to_owned(),
    ];
    for fault in &smallest.replaced {
        let asked = fault.asked;
        let least = fault
            .jitter()
            .map(|(least, _)| format!(", which becomes {least} ms"));
        lines.push(format!(
            "    {} ({}:{}){}",
            fault.what,
            asked.file(),
            asked.line(),
            least.unwrap_or_default()
        ));
    }
    lines.extend(kept(smallest));
    lines
}

/// What must stay as it is.
fn kept(smallest: &Smallest) -> Option<String> {
    let what = if smallest.jitter {
        "and keep the range of latencies, and the seed"
    } else {
        "and keep the seed, which the test reads"
    };
    smallest.seed.map(|seed| format!("{what}: `seed = {seed}`"))
}
