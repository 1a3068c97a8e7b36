//! What the faults of one link do to a segment as it is sent. Nothing here locks, wakes, or looks at a
//! clock.
//!
//! A segment that is in flight when a fault begins or ends has been decided upon already: see
//! `inbox/faults_in_flight.rs`.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::decision::choice::Choice;
use crate::decision::die::{About, Chance, Die};
use crate::decision::latency::Latency;
use crate::network::links::fault_state::FaultState;
use crate::network::links::in_flight::{InFlight, Overtaken, Passage};

/// How to copy a payload: known where it is `Clone`.
pub(crate) type Copier<P> = fn(&P) -> P;

/// The faults of one link, and what they keep back.
#[derive(Debug)]
pub(crate) struct LinkFaults<P> {
    /// In the order in which they were asked for. Of several of one kind the newest rules; when it
    /// is healed, the one before it does.
    faults: Vec<(Arc<FaultState>, Effect<P>)>,
    /// Known once something was sent.
    chance: Option<Chance>,
    /// In order of their sending. Those of a rule carry its number.
    pub(crate) held: VecDeque<(Option<u64>, InFlight<P>)>,
    /// Segments that wait to be overtaken.
    pub(crate) overtaken: Vec<Overtaken<P>>,
    /// No segment arrives before the one that was sent before it: milliseconds.
    last_due: u64,
    /// The same if chaos had slowed none.
    last_unslowed: u64,
    /// When the wire is free again, under a rate: nanoseconds.
    free_at: u64,
}

/// One fault on one link, as a verb makes it.
#[derive(Debug)]
pub(crate) enum Effect<P> {
    Cut,
    Hold,
    Latency(Latency),
    Loss(f64),
    Duplicate(f64, Copier<P>),
    Reorder(f64),
    /// Nanoseconds that each segment keeps the wire busy.
    Rate(u64),
}

// By hand, because a payload need not be `Clone` for this.
impl<P> Clone for Effect<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Effect<P> {}

impl<P> Effect<P> {
    pub(crate) fn is_cut(&self) -> bool {
        matches!(self, Self::Cut)
    }

    pub(crate) fn is_hold(&self) -> bool {
        matches!(self, Self::Hold)
    }

    /// With which probability it strikes, if it is what a die is thrown about.
    fn probability(self, about: About) -> Option<f64> {
        match (self, about) {
            (Self::Loss(probability), About::Loss)
            | (Self::Duplicate(probability, _), About::Duplicate)
            | (Self::Reorder(probability), About::Reorder) => Some(probability),
            _ => None,
        }
    }
}

/// What the faults decide for one segment.
pub(crate) enum Fate<P> {
    /// The link is cut, and swallows it.
    Cut,
    /// It is lost by chance.
    Lost,
    /// It is kept back until it is released.
    Held,
    /// It is on its way, and perhaps so is a copy.
    Carried(Passage, Option<(Passage, P)>),
}

impl<P> Default for LinkFaults<P> {
    fn default() -> Self {
        Self {
            faults: Vec::new(),
            chance: None,
            held: VecDeque::new(),
            overtaken: Vec::new(),
            last_due: 0,
            last_unslowed: 0,
            free_at: 0,
        }
    }
}

impl<P> LinkFaults<P> {
    pub(crate) fn is_cut(&self) -> bool {
        self.cuts().next().is_some()
    }

    pub(crate) fn is_held(&self) -> bool {
        self.holds().next().is_some()
    }

    fn cuts(&self) -> impl DoubleEndedIterator<Item = &Arc<FaultState>> {
        self.of_kind(Effect::is_cut)
    }

    /// The holds that stand.
    pub(crate) fn holds(&self) -> impl DoubleEndedIterator<Item = &Arc<FaultState>> {
        self.of_kind(Effect::is_hold)
    }

    fn of_kind(
        &self,
        kind: fn(&Effect<P>) -> bool,
    ) -> impl DoubleEndedIterator<Item = &Arc<FaultState>> {
        let of_kind = self.faults.iter().filter(move |(_, effect)| kind(effect));
        of_kind.map(|(fault, _)| fault)
    }

    /// The newest fault for which `of` is something.
    fn newest<T>(&self, of: impl Fn(Effect<P>) -> Option<T>) -> Option<(&FaultState, T)> {
        let mut newest = self.faults.iter().rev();
        newest.find_map(|(fault, effect)| Some((&**fault, of(*effect)?)))
    }

    /// The fault that the die is thrown about, and whether it strikes.
    fn roll(&self, die: Die, about: About) -> Option<(&FaultState, Effect<P>, bool)> {
        let (fault, (effect, probability)) =
            self.newest(|effect| Some((effect, effect.probability(about)?)))?;
        Some((fault, effect, die.chance(about, probability)))
    }

    /// Whether a fault strikes a segment, which meets it.
    fn strikes(&self, die: Die, about: About) -> bool {
        let Some((fault, _, strikes)) = self.roll(die, about) else {
            return false;
        };
        fault.met(1);
        if strikes {
            fault.struck();
        }
        strikes
    }

    pub(crate) fn add(&mut self, fault: Arc<FaultState>, effect: Effect<P>) {
        // A mesh has many links, and most of them few faults.
        self.faults.reserve_exact(1);
        self.faults.push((fault, effect));
    }

    /// Ends faults.
    pub(crate) fn end(&mut self, which: impl Fn(&Arc<FaultState>, &Effect<P>) -> bool) {
        self.faults.retain(|(fault, effect)| !which(fault, effect));
    }

    /// What decides about the segments of the link, which `of_link` tells once.
    pub(crate) fn chance(&mut self, of_link: impl FnOnce() -> Chance) -> Chance {
        *self.chance.get_or_insert_with(of_link)
    }

    /// Notes that the cuts met `segments`.
    pub(crate) fn cuts_met(&self, segments: u64) {
        meet(self.cuts(), segments);
    }

    /// How to copy a segment that passes, where chance has it so.
    pub(crate) fn copier(&self, die: Die) -> Option<Copier<P>> {
        let stops = matches!(die.fixed(), Some(Choice::Lost | Choice::Delayed(_)));
        let lost = |(_, _, strikes)| strikes;
        if stops || self.is_cut() || self.is_held() || self.roll(die, About::Loss).is_some_and(lost)
        {
            return None;
        }
        match self.roll(die, About::Duplicate)? {
            (_, Effect::Duplicate(_, copier), true) => Some(copier),
            _ => None,
        }
    }

    /// Decides what becomes of a segment that is sent at `now`. Takes the `copy` that was made of it,
    /// where there is a [`copier`](Self::copier), if it is needed.
    pub(crate) fn carry(&mut self, copy: &mut Option<P>, die: Die, now: u64) -> Fate<P> {
        // What is fixed stands in for a rule, and does what that would.
        if die.fixed() == Some(Choice::Lost) {
            // In the run that was shrunk it was that of a fault, of which the same is told.
            if let Some((fault, _)) = self.newest(|effect| effect.probability(About::Loss)) {
                fault.met(1);
                fault.struck();
            }
            return Fate::Lost;
        }
        if self.is_cut() {
            self.cuts_met(1);
            return Fate::Cut;
        }
        if self.is_held() {
            meet(self.holds(), 1);
            return Fate::Held;
        }
        if let Some(Choice::Delayed(millis)) = die.fixed() {
            let is_latency = |effect| matches!(effect, Effect::Latency(_)).then_some(());
            if let Some((fault, ())) = self.newest(is_latency) {
                fault.met(1);
            }
            return Fate::Carried(Passage::at(now.saturating_add(millis)), None);
        }
        if self.strikes(die, About::Loss) {
            return Fate::Lost;
        }
        let duplicated = self.strikes(die, About::Duplicate);
        let copy = if duplicated { copy.take() } else { None };
        let reordered = self.strikes(die, About::Reorder);
        let overtakers = if reordered { die.overtakers() } else { 0 };
        let passage = self.passage(die, About::Latency, now);
        let copy = copy.map(|copy| (self.passage(die, About::CopyLatency, now), copy));
        let passage = Passage {
            overtakers,
            ..passage
        };
        Fate::Carried(passage, copy)
    }

    /// When a segment that leaves at `now` arrives: behind what is on the wire already.
    pub(crate) fn passage(&mut self, die: Die, about: About, now: u64) -> Passage {
        const MILLI: u64 = 1_000_000;
        let rate = self.newest(|effect| match effect {
            Effect::Rate(interval) => Some(interval),
            _ => None,
        });
        let latency = self.newest(|effect| match effect {
            Effect::Latency(latency) => Some(latency),
            _ => None,
        });
        let (mut leaves, mut free_at) = (now, self.free_at);
        if let Some((fault, interval)) = rate {
            fault.met(1);
            free_at = free_at
                .max(now.saturating_mul(MILLI))
                .saturating_add(interval);
            leaves = free_at.div_ceil(MILLI);
        }
        let mut unslowed = leaves;
        if let Some((fault, latency)) = latency {
            fault.met(1);
            leaves = leaves.saturating_add(latency.draw(die, about));
            unslowed = match fault.info.by_chaos {
                None => leaves,
                Some(_) => unslowed.saturating_add(self.own_latency(die, about)),
            };
        }
        self.free_at = free_at;
        self.last_due = self.last_due.max(leaves);
        self.last_unslowed = self.last_unslowed.max(unslowed);
        self.last_passage()
    }

    /// How long a segment would take without chaos.
    fn own_latency(&self, die: Die, about: About) -> u64 {
        let mut newest = self.faults.iter().rev();
        let own = newest.find_map(|(fault, effect)| match effect {
            Effect::Latency(latency) if fault.info.by_chaos.is_none() => Some(latency),
            _ => None,
        });
        own.map_or(0, |latency| latency.draw(die, about))
    }

    /// That of the last of the segments on the wire.
    pub(crate) fn last_passage(&self) -> Passage {
        Passage {
            unslowed: self.last_unslowed,
            ..Passage::at(self.last_due)
        }
    }

    /// What chaos has slowed arrives as if it had not.
    pub(crate) fn speed_up(&mut self) {
        self.last_due = self.last_unslowed;
    }

    /// Nothing is on the wire any more: nobody queues behind what was lost.
    pub(crate) fn clear(&mut self) {
        (self.last_due, self.last_unslowed, self.free_at) = (0, 0, 0);
    }

    /// The newest cut, and the newest hold, that stand.
    pub(crate) fn stops(&self) -> [Option<&Arc<FaultState>>; 2] {
        [self.cuts().next_back(), self.holds().next_back()]
    }

    /// Those that had waited to be overtaken by the segment `number`, which arrives now, and by no
    /// other after it.
    pub(crate) fn overtake(&mut self, number: u64) -> Vec<Overtaken<P>> {
        for overtaken in &mut self.overtaken {
            if overtaken.flight.number < number {
                overtaken.left -= 1;
            }
        }
        self.take_overtaken(|overtaken| overtaken.left == 0)
    }

    /// Those that wait to be overtaken since `before` or earlier.
    pub(crate) fn overtaken_before(&mut self, before: u64) -> Vec<Overtaken<P>> {
        self.take_overtaken(|overtaken| overtaken.since <= before)
    }

    fn take_overtaken(&mut self, which: impl Fn(&Overtaken<P>) -> bool) -> Vec<Overtaken<P>> {
        let all = std::mem::take(&mut self.overtaken);
        let (taken, kept) = all.into_iter().partition(which);
        self.overtaken = kept;
        taken
    }
}

fn meet<'a>(faults: impl Iterator<Item = &'a Arc<FaultState>>, segments: u64) {
    for fault in faults {
        fault.met(segments);
    }
}
