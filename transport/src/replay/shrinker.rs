//! Looks for the fewest decisions that make a test fail in the same place, and for the simplest of each.

use std::time::{Duration, Instant};

use super::answer::Answer;
use super::child::{self, Stderr, Subject};
use super::printed::SegmentLabels;
use super::shrink::{self, Trial};
use super::{decisions, printed, simpler};
use crate::decision::chaos::episode::Episode;
use crate::decision::choice::{Asked, Choice, Decision, FixedDecisions, Met};
use crate::trace::fault_info::FaultInfo;
use crate::trace::recording::Recording;

/// How many reruns shrinking takes at most, and how long.
const MOST_RUNS: u32 = 500;
const MOST_TIME: Duration = Duration::from_secs(20);

/// What became of the random decisions.
pub(crate) enum Shrunk {
    /// There is nothing to be said.
    Not,
    /// Why they could not be shrunk.
    Failed(&'static str),
    /// The same decisions make the test fail in the same place at one time, and not at another.
    Differs,
    To(Box<Smallest>),
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
    /// Whether they were drawn, and not tried one after the other.
    pub(crate) drawn: bool,
    /// The seed, if it still matters: to latencies, or to what the test draws from it.
    pub(crate) seed: Option<u64>,
    /// The seed with which the run was that had these decisions.
    pub(crate) of_seed: u64,
    /// The faults in whose place the rules are.
    pub(crate) replaced: Vec<FaultInfo>,
    /// The lines to paste.
    pub(crate) lines: String,
    /// What stands out in them.
    pub(crate) summary: Vec<String>,
    /// The decisions, as they are printed.
    pub(super) set: Vec<Decision>,
    /// The run that takes these and no others.
    pub(crate) story: Option<Story>,
}

/// A run that fails, as a rerun tells it to a reader.
pub(crate) struct Story {
    /// When it fails, on the clock of the test, in milliseconds.
    pub(crate) at: u64,
    /// How it fails.
    pub(crate) how: String,
    /// What happens in its meshes.
    pub(crate) told: String,
    /// What the segments were that its decisions are about.
    pub(super) labels: SegmentLabels,
}

/// A run whose decisions are shrunk: all that happened in its meshes, and all that it asked for.
#[derive(Clone, Copy)]
pub(super) struct Recorded<'a> {
    pub(super) recordings: &'a [Recording],
    pub(super) asked: &'a [Asked],
    /// The episodes of chaos in it.
    pub(super) episodes: &'a [Episode],
    /// How much more it asked for.
    pub(super) asked_beyond: u64,
    pub(super) seed_was_read: bool,
}

/// One search.
pub(super) struct Shrinker<'a> {
    subject: &'a Subject<'a>,
    /// Where the test fails.
    place: &'a str,
    /// How long a rerun may take.
    limit: Duration,
    began: Instant,
    /// How long it may take in all.
    time: Duration,
    runs: u32,
    /// Whether it failed there at one time, and at another, with the same decisions, not.
    differs: bool,
}

impl<'a> Shrinker<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, place: &'a str, limit: Duration) -> Self {
        Self {
            subject,
            place,
            limit,
            began: Instant::now(),
            time: MOST_TIME,
            runs: 0,
            differs: false,
        }
    }

    /// The same in less time.
    pub(super) fn within(mut self, time: Duration) -> Self {
        self.time = self.time.min(time);
        self
    }

    /// Shrinks the decisions of a run.
    pub(super) fn shrink(mut self, run: &Recorded<'_>) -> Shrunk {
        let all = match self.subject.fixed {
            Some(fixed) => Some(fixed.decisions.clone()),
            None => decisions::of(run.recordings, run.asked, self.subject.seed),
        };
        let all = all.map(|mut all| {
            all.extend(run.episodes.iter().cloned().map(Decision::Episode));
            all
        });
        let Some(all) = all.filter(|_| run.asked_beyond == 0) else {
            return Shrunk::Failed("the run was too long for its log to be whole");
        };
        if all.is_empty() || self.subject.pinned {
            return Shrunk::Not;
        }
        let (first, mut jitter) = match self.first(&all) {
            Ok(first) => first,
            Err(_) if self.differs => return Shrunk::Differs,
            Err(why) => return Shrunk::Failed(why),
        };
        let (mut smallest, mut whole) = shrink::shrink(first, |set| self.fails(set, jitter));
        // Fewer may do without what all of them needed.
        if jitter && !self.differs {
            if let Trial::Fails(failed) = self.fails(&smallest, false) {
                (smallest, jitter) = (failed, false);
            }
        }
        whole &= self.simplify(&mut smallest, jitter);
        if self.differs {
            return Shrunk::Differs;
        }
        printed::sort(&mut smallest);
        let replaced = decisions::replaced(run.recordings, jitter);
        Shrunk::To(Box::new(Smallest {
            decisions: smallest.len(),
            of: all.len(),
            runs: self.runs,
            whole,
            jitter,
            drawn: self.subject.fixed.is_none(),
            seed: (jitter || run.seed_was_read).then_some(self.subject.seed),
            of_seed: self.subject.seed,
            replaced: replaced.into_iter().cloned().collect(),
            lines: printed::lines(&smallest, &SegmentLabels::new()),
            summary: printed::summary(&smallest),
            set: smallest.iter().map(Decision::as_printed).collect(),
            story: None,
        }))
    }

    /// Where to begin: with latencies out of the game if that will do, or with each as a decision
    /// of its own, or else as they are drawn.
    ///
    /// # Errors
    ///
    /// Why there is no such place.
    fn first(&mut self, all: &[Decision]) -> Result<(Vec<Decision>, bool), &'static str> {
        let is_delay = |it: &Decision| match it {
            Decision::OnSegment(it) => matches!(it.choice, Choice::Delayed(_)),
            Decision::Asked(_) | Decision::Episode(_) => false,
        };
        let mut without = all.to_vec();
        without.retain(|it| !is_delay(it));
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

    /// Makes each decision simpler, as far as it can be. `false` if the time was up before that.
    fn simplify(&mut self, set: &mut Vec<Decision>, jitter: bool) -> bool {
        let mut place = 0;
        while place < set.len() {
            for way in simpler::ways(&set[place]) {
                // Some are not possible, or are not any more after what was accepted.
                let Some(one) = set.get(place).and_then(|it| simpler::simpler(it, way)) else {
                    continue;
                };
                match self.fails(&with(set, place, one), jitter) {
                    Trial::Fails(simpler) => *set = simpler,
                    Trial::Passes => {}
                    Trial::NoTime => return false,
                }
            }
            let Some((one, value)) = set
                .get(place)
                .and_then(|it| Some((it.clone(), simpler::value(it)?)))
            else {
                place += 1;
                continue;
            };
            let ask = |value| {
                let simpler = simpler::with_value(&one, value);
                self.fails(&with(set, place, simpler), jitter)
            };
            let (simpler, whole) = shrink::simplest((0, value), ask);
            if let Some(simpler) = simpler {
                *set = simpler;
            }
            if !whole {
                return false;
            }
            place += 1;
        }
        true
    }

    /// Whether the test fails in the same place with these decisions, and does so again with those that
    /// happened as they would be printed: about segments with the numbers that they had.
    fn fails(&mut self, set: &[Decision], jitter: bool) -> Trial<Decision> {
        let mut set = set.to_vec();
        loop {
            let Some(tried) = self.try_once(&set, jitter) else {
                return Trial::NoTime;
            };
            if tried.failed {
                let happened = set.into_iter().zip(tried.met);
                let happened = happened.filter_map(|(it, met)| Some(it.met(met?)));
                let happened: Vec<_> = happened.filter(|it| !it.is_simplest()).collect();
                let printed: Vec<_> = happened.iter().map(Decision::as_printed).collect();
                return match self.try_once(&printed, jitter) {
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
        if self.runs == MOST_RUNS || self.began.elapsed() > self.time {
            return None;
        }
        self.runs += 1;
        let decisions = set.to_vec();
        let fixed = FixedDecisions { decisions, jitter };
        let answer = child::run(
            self.subject,
            (Some(fixed), None),
            self.limit,
            Stderr::Ignored,
        );
        let Ok(Answer { failed, met, .. }) = answer else {
            return Some(Tried::default());
        };
        Some(Tried {
            failed: failed.is_some_and(|(_, place)| place == self.place),
            met,
        })
    }
}

/// The same with another decision at that place.
fn with(set: &[Decision], place: usize, decision: Decision) -> Vec<Decision> {
    let mut set = set.to_vec();
    set[place] = decision;
    set
}

/// What came of a run with some decisions.
#[derive(Default)]
struct Tried {
    /// Whether it failed in the same place.
    failed: bool,
    /// What each of them met.
    met: Vec<Option<Met>>,
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
            logs: vec![Kept::default(), Kept::default(), Kept::default(), log],
            ..Recording::default()
        };
        let subject = Subject {
            runner_name: "none",
            name: "none",
            seed: 0,
            folder: None,
            pinned: false,
            fixed: None,
        };
        let mut shrinker = Shrinker::new(&subject, "", Duration::ZERO);
        shrinker.runs = MOST_RUNS;
        let run = Recorded {
            recordings: &[recording],
            asked: &[],
            episodes: &[],
            asked_beyond: 0,
            seed_was_read: false,
        };
        let Shrunk::Failed(why) = shrinker.shrink(&run) else {
            panic!("it cannot know of a smaller set");
        };
        assert!(why.contains("time"), "{why}");
    }
}
