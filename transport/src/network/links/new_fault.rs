//! A fault as a verb asks for it, before it is on any link.

use crate::decision::latency::Latency;
use crate::network::links::link_faults::Effect;
use crate::trace::fault_info::Verb;

#[derive(Debug)]
pub(crate) struct NewFault<P> {
    /// What it is, in words.
    pub(crate) what: String,
    pub(crate) effect: Effect<P>,
}

// By hand, because a payload need not be `Clone` for this.
impl<P> Clone for NewFault<P> {
    fn clone(&self) -> Self {
        Self::new(self.what.clone(), self.effect)
    }
}

impl<P> NewFault<P> {
    fn new(what: impl Into<String>, effect: Effect<P>) -> Self {
        let what = what.into();
        Self { what, effect }
    }

    pub(crate) fn cut() -> Self {
        Self::new("cut", Effect::Cut)
    }

    pub(crate) fn hold() -> Self {
        Self::new("hold", Effect::Hold)
    }

    pub(crate) fn latency(latency: Latency) -> Self {
        let what = match latency {
            Latency { least, most } if least == most => format!("latency of {least} ms"),
            Latency { least, most } => format!("latency of {least} to {most} ms"),
        };
        Self::new(what, Effect::Latency(latency))
    }

    #[track_caller]
    pub(crate) fn loss(probability: f64) -> Self {
        check(probability);
        Self::new(format!("loss of {probability}"), Effect::Loss(probability))
    }

    #[track_caller]
    pub(crate) fn duplicate(probability: f64) -> Self
    where
        P: Clone,
    {
        check(probability);
        let effect = Effect::Duplicate(probability, P::clone);
        Self::new(format!("duplication of {probability}"), effect)
    }

    #[track_caller]
    pub(crate) fn reorder(probability: f64) -> Self {
        check(probability);
        let what = format!("reordering of {probability}");
        Self::new(what, Effect::Reorder(probability))
    }

    #[track_caller]
    pub(crate) fn rate(segments_per_second: f64) -> Self {
        assert!(
            segments_per_second > 0.0,
            "a rate of {segments_per_second} segments a second: give more than 0, or `cut()` the link"
        );
        // Saturates, which is as slow, or as fast, as can be.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "see above"
        )]
        let interval = (1e9 / segments_per_second) as u64;
        let what = format!("rate of {segments_per_second} segments a second");
        Self::new(what, Effect::Rate(interval))
    }

    pub(crate) fn verb(&self) -> Verb {
        match self.effect {
            Effect::Cut => Verb::Cut,
            Effect::Hold => Verb::Hold,
            Effect::Latency(latency) => Verb::Latency(latency),
            Effect::Rate(_) => Verb::Rate,
            Effect::Loss(_) => Verb::Loss,
            Effect::Duplicate(..) => Verb::Duplicate,
            Effect::Reorder(_) => Verb::Reorder,
        }
    }

    /// With which it strikes, where that is left to chance.
    pub(crate) fn probability(&self) -> Option<f64> {
        match self.effect {
            Effect::Loss(probability)
            | Effect::Duplicate(probability, _)
            | Effect::Reorder(probability) => Some(probability),
            Effect::Cut | Effect::Hold | Effect::Latency(_) | Effect::Rate(_) => None,
        }
    }
}

#[track_caller]
fn check(probability: f64) {
    assert!(
        (0.0..=1.0).contains(&probability),
        "a probability is from 0 to 1, not {probability}: write 0.01 for one in a hundred"
    );
}
