//! What came of running a seed again, in words.

use super::words::count;
use crate::replay::{Parting, Replay, Reproduction, Shrunk};
use crate::run::failure::Failure;

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
