//! What is done about a run that failed: it is run again in a child process, to see whether it fails
//! in the same way, and its random decisions are shrunk to a few that make it fail.
//!
//! - In: a [`Failure`], and which test and seed it is of.
//! - Out: a [`Replay`]: whether the run repeats, all that happened in it, and the smallest set of
//!   decisions.
//! - Uses: the [run](crate::run) and all that is below it.
//!
//! The way of the data: a [`request`] goes to a [`child`] process, which comes back with an
//! [`answer`]; the answer is [compared](compare) with the run that failed; and as long as it
//! [shrinks](shrinker), there are requests with fewer [`decisions`]. Whose segments these are about is found
//! by what they were ([`names`](crate::decision::names)), as numbers shift from run to run. What is left is
//! [printed] as lines to paste.

mod answer;
mod child;
mod codec;
mod compare;
mod decision_codec;
mod decisions;
mod episode_codec;
mod printed;
mod printed_episode;
mod reproduction;
pub(crate) mod request;
pub(crate) mod returned;
mod shrink;
mod shrinker;
mod simpler;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::decision::choice::FixedDecisions;
use crate::run::failure::{Failure, How};
use crate::run::rerun::Telling;
use crate::trace::fault_info::FaultInfo;
use crate::trace::recording::Recording;
use child::Stderr;
pub(crate) use child::Subject;
pub(crate) use compare::Parting;
pub(crate) use reproduction::Reproduction;
use shrinker::{Recorded, Shrinker};
pub(crate) use shrinker::{Shrunk, Smallest, Story};

/// How often a run that failed is run again as it was, before it is called repeatable: one that
/// differs in one run of three must be caught.
const RERUNS: u32 = 5;

/// After so long there is no further one.
const RERUN_TIME: Duration = Duration::from_secs(10);

/// What became of the reruns of a run that failed.
pub(crate) struct Replay {
    /// Of the last of them.
    pub(crate) outcome: Reproduction,
    /// How many took the same way and failed in the same way.
    pub(crate) same: u32,
    /// The error that the test returned, where the rerun returned one too.
    pub(crate) error: Option<String>,
    /// All that happened in each mesh, where the rerun took the same way: it notes more than the run
    /// that failed.
    pub(crate) recordings: Vec<Recording>,
    pub(crate) shrunk: Shrunk,
}

impl Replay {
    /// The run with the smallest set of decisions, where there is one, and whether it draws latencies.
    pub(crate) fn story(&self) -> Option<(&Story, bool)> {
        match &self.shrunk {
            Shrunk::To(smallest) => Some((smallest.story.as_ref()?, smallest.jitter)),
            Shrunk::Not | Shrunk::Failed(_) | Shrunk::Differs => None,
        }
    }

    pub(crate) fn none(why: &str) -> Self {
        Self {
            outcome: Reproduction::NotRun(why.to_owned()),
            same: 0,
            error: None,
            recordings: Vec::new(),
            shrunk: Shrunk::Not,
        }
    }
}

/// Runs a seed that failed again. If other seeds of its sweep fail in the same place, the smallest set of
/// decisions may be that of one of them.
pub(crate) fn replay(
    subject: &Subject<'_>,
    others: Range<u64>,
    failure: &Failure,
    telling: Telling,
) -> Replay {
    let meshes = failure.snapshot.meshes.iter();
    let ours: Vec<_> = meshes.map(|mesh| mesh.recording.clone()).collect();
    let mut replay = Replay::none("");
    let mut place = None;
    let mut took = Duration::ZERO;
    let began = Instant::now();
    while replay.same < RERUNS && (replay.same == 0 || began.elapsed() < RERUN_TIME) {
        let stderr = match failure.how {
            How::Returned(_) if replay.same == 0 => Stderr::Read,
            _ => Stderr::Ignored,
        };
        // It is told, so that all of it is noted.
        let what = (subject.fixed.cloned(), subject.fixed.map(|_| telling));
        let answer = match child::run(subject, what, generous(failure.took), stderr) {
            Ok(answer) => answer,
            Err(why) if replay.same == 0 => return Replay::none(&why),
            // The machine may have become busy.
            Err(_) => break,
        };
        replay.outcome = Reproduction::of(&ours, failure, &answer);
        let (Reproduction::Reproduced { .. }, Some((_, its_place))) =
            (&replay.outcome, answer.failed)
        else {
            return replay;
        };
        replay.same += 1;
        if place.is_none() {
            (place, took) = (Some(its_place), began.elapsed());
            replay.error = answer.error;
            let theirs = answer.recordings.into_iter().zip(&ours);
            let whole = theirs.map(|(theirs, ours)| theirs.whole(&ours.faults));
            replay.recordings = whole.collect();
        }
    }
    let place = place.unwrap_or_default();
    let snapshot = &failure.snapshot;
    let episodes = snapshot.episodes();
    let run = Recorded {
        episodes: &episodes,
        recordings: &replay.recordings,
        asked: &snapshot.asked,
        asked_beyond: snapshot.asked_beyond,
        seed_was_read: snapshot.seed_was_read,
    };
    let limit = generous(took);
    replay.shrunk = Shrinker::new(subject, &place, limit).shrink(&run);
    if let Shrunk::To(smallest) = &mut replay.shrunk {
        let faults: Vec<_> = ours.iter().map(|it| &*it.faults).collect();
        take_smaller(smallest, (subject, &place, limit), others, &faults);
        smallest.story = story(smallest, (subject, &place, limit), telling);
        if let Some(story) = &smallest.story {
            smallest.lines = printed::lines(&smallest.set, &story.labels);
        }
    }
    replay
}

/// What happens in the run with the smallest set.
fn story(
    smallest: &Smallest,
    (subject, place, limit): (&Subject<'_>, &str, Duration),
    telling: Telling,
) -> Option<Story> {
    let seed = smallest.of_seed;
    let subject = &Subject { seed, ..*subject };
    let fixed = FixedDecisions {
        decisions: smallest.set.clone(),
        jitter: smallest.jitter,
    };
    let what = (Some(fixed), Some(telling));
    let answer = child::run(subject, what, limit, Stderr::Ignored).ok()?;
    let (how, its_place) = answer.failed?;
    let (at, told) = answer.story.filter(|_| its_place == place)?;
    let labels = answer.labels.into_iter().collect();
    Some(Story {
        at,
        how,
        told,
        labels,
    })
}

/// So many further seeds are looked at for one that needs fewer decisions, until so many of them have
/// failed in the same place, and for so long at most.
const OTHERS: usize = 16;
const FAILING_OTHERS: u32 = 3;
const OTHERS_TIME: Duration = Duration::from_secs(5);

/// Takes the smallest set of another seed where that is smaller. `faults` are those of the meshes.
fn take_smaller(
    smallest: &mut Box<Smallest>,
    (subject, place, limit): (&Subject<'_>, &str, Duration),
    others: Range<u64>,
    faults: &[&[Arc<FaultInfo>]],
) {
    let began = Instant::now();
    let mut failing = 0;
    for seed in others.take(OTHERS) {
        // What the test draws from its seed is not that of another.
        let settled = smallest.decisions <= 1 || smallest.seed.is_some();
        if settled || failing == FAILING_OTHERS || began.elapsed() > OTHERS_TIME {
            return;
        }
        let subject = &Subject { seed, ..*subject };
        let Ok(answer) = child::run(subject, (None, None), limit, Stderr::Ignored) else {
            continue;
        };
        if answer.failed.is_none_or(|(_, other)| other != place) {
            continue;
        }
        failing += 1;
        let recordings = answer.recordings.into_iter().zip(faults);
        let recordings: Vec<_> = recordings.map(|(it, faults)| it.whole(faults)).collect();
        let run = Recorded {
            episodes: &answer.episodes,
            recordings: &recordings,
            asked: &answer.asked,
            asked_beyond: answer.asked_beyond,
            seed_was_read: answer.seed_was_read,
        };
        let shrinker = Shrinker::new(subject, place, limit);
        let time = OTHERS_TIME.saturating_sub(began.elapsed());
        if let Shrunk::To(other) = shrinker.within(time).shrink(&run) {
            if other.whole && other.decisions < smallest.decisions && other.seed.is_none() {
                *smallest = other;
            }
        }
    }
}

/// How long a run may take that once took so long, on a machine that may have become busy.
fn generous(took: Duration) -> Duration {
    20 * took + Duration::from_secs(10)
}
