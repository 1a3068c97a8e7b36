//! Whether a run that failed is called reproduced: a rerun took the same way and failed in the same way.
//! That it fails at one time and not at another with the same fixed decisions is found later, while they
//! are shrunk: `Shrunk::Differs` (`replay/mod.rs`).

use super::answer::Answer;
use super::compare::{Parting, compare};
use crate::run::failure::Failure;
use crate::trace::recording::Recording;

/// What became of a rerun.
pub(crate) enum Reproduction {
    /// It failed in the same way, after so many events.
    Reproduced { events: u64 },
    /// It took another way.
    Diverged(Parting),
    /// It took the same way, and ended in another: how.
    EndedOtherwise(String),
    /// There was none, and why.
    NotRun(String),
}

impl Reproduction {
    /// Of a rerun that gave this answer, where `ours` is what happened in the run that failed.
    pub(super) fn of(ours: &[Recording], failure: &Failure, answer: &Answer) -> Self {
        if let Some(parting) = compare(ours, &answer.recordings) {
            return Self::Diverged(parting);
        }
        let how = failure.how.to_string();
        match &answer.failed {
            Some((same, _)) if *same == how => Self::Reproduced {
                events: ours.iter().map(Recording::count).sum(),
            },
            Some((other, _)) => Self::EndedOtherwise(other.clone()),
            None => Self::EndedOtherwise("passed".to_owned()),
        }
    }
}
