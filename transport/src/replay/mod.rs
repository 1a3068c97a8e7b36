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
//! [shrinks](shrink), there are requests with fewer [`decisions`]. Whose segments these are about is found
//! by what they were ([`names`](crate::decision::names)), as numbers shift from run to run.

mod answer;
mod child;
mod codec;
mod compare;
mod decisions;
mod reproduction;
pub(crate) mod request;
pub(crate) mod returned;
mod shrink;

use std::time::{Duration, Instant};

use crate::decision::choice::{Choice, Decision, FixedDecisions};
use crate::ordered::sort_by;
use crate::run::failure::{Failure, How};
use crate::trace::fault_info::FaultInfo;
use crate::trace::recording::Recording;
use answer::Answer;
use child::Stderr;
pub(crate) use child::Subject;
pub(crate) use compare::Parting;
pub(crate) use reproduction::Reproduction;
use shrink::Trial;

/// How often a run that failed is run again as it was, before it is called repeatable: one that
/// differs in one run of three must be caught.
const RERUNS: u32 = 5;

/// After so long there is no further one.
const RERUN_TIME: Duration = Duration::from_secs(10);

/// How many reruns shrinking takes at most, and how long.
const MOST_RUNS: u32 = 500;
const MOST_TIME: Duration = Duration::from_secs(20);

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

/// What became of the random decisions.
pub(crate) enum Shrunk {
    /// There is nothing to be said.
    Not,
    /// Why they could not be shrunk.
    Failed(&'static str),
    /// The same decisions make the test fail in the same place at one time, and not at another.
    Differs,
    To(Smallest),
}

/// The smallest set of random decisions that still makes the test fail in the same place.
pub(crate) struct Smallest {
    pub(crate) decisions: usize,
    /// How many there were.
    pub(crate) of: usize,
    pub(crate) runs: u32,
    /// Whether none of them can be left out.
    pub(crate) whole: bool,
    /// Whether latencies are drawn from their ranges all the same.
    pub(crate) jitter: bool,
    /// The seed, if it still matters: to latencies, or to what the test draws from it.
    pub(crate) seed: Option<u64>,
    /// The faults in whose place the rules are.
    pub(crate) replaced: Vec<FaultInfo>,
    /// The rules, to be pasted.
    pub(crate) rules: String,
    /// What stands out in them.
    pub(crate) summary: Vec<String>,
}

impl Replay {
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

/// Runs a seed that failed again.
pub(crate) fn replay(subject: Subject<'_>, failure: &Failure) -> Replay {
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
        let answer = match child::run(&subject, None, generous(failure.took), stderr) {
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
    let shrinker = Shrinker {
        subject,
        place: place.unwrap_or_default(),
        seed_was_read: failure.snapshot.seed_was_read,
        limit: generous(took),
        began: Instant::now(),
        runs: 0,
        differs: false,
    };
    replay.shrunk = shrinker.shrink(&replay.recordings);
    replay
}

/// How long a run may take that once took so long, on a machine that may have become busy.
fn generous(took: Duration) -> Duration {
    20 * took + Duration::from_secs(10)
}

/// Looks for fewer decisions that make a test fail in the same place.
struct Shrinker<'a> {
    subject: Subject<'a>,
    /// Where it fails.
    place: String,
    seed_was_read: bool,
    /// How long a rerun may take.
    limit: Duration,
    began: Instant,
    runs: u32,
    /// Whether it failed there at one time, and at another, with the same decisions, not.
    differs: bool,
}

impl Shrinker<'_> {
    fn shrink(mut self, recordings: &[Recording]) -> Shrunk {
        let Some(all) = decisions::of(recordings, self.subject.seed) else {
            return Shrunk::Failed("the run was too long for its log to be whole");
        };
        if all.is_empty() {
            return Shrunk::Not;
        }
        let (first, mut jitter) = match self.first(&all) {
            Ok(first) => first,
            Err(_) if self.differs => return Shrunk::Differs,
            Err(why) => return Shrunk::Failed(why),
        };
        let (mut smallest, whole) = shrink::shrink(first, |set| self.fails(set, jitter));
        // Fewer may do without what all of them needed.
        if jitter && !self.differs {
            if let Trial::Fails(failed) = self.fails(&smallest, false) {
                (smallest, jitter) = (failed, false);
            }
        }
        sort_by(&mut smallest, |a, b| {
            (a.mesh, a.segment).cmp(&(b.mesh, b.segment))
        });
        if self.differs || !self.fails_as_printed(&smallest, jitter) {
            return Shrunk::Differs;
        }
        let replaced = decisions::replaced(recordings, jitter);
        Shrunk::To(Smallest {
            decisions: smallest.len(),
            of: all.len(),
            runs: self.runs,
            whole,
            jitter,
            seed: (jitter || self.seed_was_read).then_some(self.subject.seed),
            replaced: replaced.into_iter().cloned().collect(),
            rules: decisions::as_rules(&smallest),
            summary: decisions::summary(&smallest),
        })
    }

    /// Where to begin: with latencies out of the game if that will do, or with each as a decision
    /// of its own, or else as they are drawn.
    ///
    /// # Errors
    ///
    /// Why there is no such place.
    fn first(&mut self, all: &[Decision]) -> Result<(Vec<Decision>, bool), &'static str> {
        let mut without = all.to_vec();
        without.retain(|it| !matches!(it.choice, Choice::Delayed(_)));
        for (set, jitter) in [(&*without, false), (all, false), (&*without, true)] {
            match self.fails(set, jitter) {
                Trial::Fails(failed) => return Ok((failed, jitter)),
                Trial::Passes => {}
                Trial::NoTime => return Err("there was no time for as many reruns as it takes"),
            }
        }
        Err(
            "taken one by one, its decisions do not make it fail in that place, which is a sign \
             that it differs from run to run",
        )
    }

    /// Whether the test fails in the same place with these decisions, and does so again: by those that
    /// happened, with the numbers that their segments had. Without use there is no time either.
    fn fails(&mut self, set: &[Decision], jitter: bool) -> Trial<Decision> {
        let mut set = set.to_vec();
        loop {
            let Some(tried) = self.try_once(&set, jitter) else {
                return Trial::NoTime;
            };
            if tried.failed {
                let happened = set.iter().zip(tried.met);
                let happened = happened.filter_map(|(it, met)| Some(it.met(met?)));
                let happened: Vec<_> = happened.collect();
                return match self.try_once(&happened, jitter) {
                    Some(again) if again.failed => Trial::Fails(happened),
                    Some(_) => {
                        self.differs = true;
                        Trial::NoTime
                    }
                    None => Trial::NoTime,
                };
            }
            // A segment that is not found by all that it was is looked for by less.
            let mut weaker = false;
            for (decision, met) in set.iter_mut().zip(tried.met) {
                if let Some(less) = decision.by_less().filter(|_| met.is_none()) {
                    (*decision, weaker) = (less, true);
                }
            }
            if !weaker {
                return Trial::Passes;
            }
        }
    }

    fn try_once(&mut self, set: &[Decision], jitter: bool) -> Option<Tried> {
        if self.runs == MOST_RUNS || self.began.elapsed() > MOST_TIME {
            return None;
        }
        Some(self.run(set.to_vec(), jitter))
    }

    /// Whether it fails as well where segments are found by their numbers, as the rule finds them that
    /// is printed. That takes a run beyond the limits.
    fn fails_as_printed(&mut self, smallest: &[Decision], jitter: bool) -> bool {
        let by_number: Vec<_> = smallest.iter().map(|it| it.by_number()).collect();
        *by_number == *smallest || self.run(by_number, jitter).failed
    }

    fn run(&mut self, decisions: Vec<Decision>, jitter: bool) -> Tried {
        self.runs += 1;
        let fixed = FixedDecisions { decisions, jitter };
        let answer = child::run(&self.subject, Some(fixed), self.limit, Stderr::Ignored);
        let Ok(Answer { failed, met, .. }) = answer else {
            return Tried::default();
        };
        Tried {
            failed: failed.is_some_and(|(_, place)| place == self.place),
            met,
        }
    }
}

/// What came of a run with some decisions.
#[derive(Default)]
struct Tried {
    /// Whether it failed in the same place.
    failed: bool,
    /// The number of the segment that each of them met.
    met: Vec<Option<u64>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::shard_id::ShardId;
    use crate::trace::kept::Kept;
    use crate::trace::record::{Kind, Record};

    #[test]
    fn that_there_was_no_time_is_not_taken_for_an_answer() {
        let lost = Record {
            at: 0,
            tick: 1,
            kind: Kind::LostByChance,
            extra: 0,
            from: 0,
            segment: 1,
        };
        let log = Kept {
            records: vec![lost],
            ..Kept::default()
        };
        let recording = Recording {
            shards: vec![ShardId(0), ShardId(1)],
            faults: Vec::new(),
            logs: vec![Kept::default(), Kept::default(), Kept::default(), log],
        };
        let shrinker = Shrinker {
            subject: Subject {
                runner_name: "none",
                name: "none",
                seed: 0,
                folder: None,
            },
            place: String::new(),
            seed_was_read: false,
            limit: Duration::ZERO,
            began: Instant::now(),
            runs: MOST_RUNS,
            differs: false,
        };
        let Shrunk::Failed(why) = shrinker.shrink(&[recording]) else {
            panic!("it cannot know of a smaller set");
        };
        assert!(why.contains("time"), "{why}");
    }
}
