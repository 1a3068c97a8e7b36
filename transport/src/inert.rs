//! Faults that met nothing: a test that never met its fault is not a test.

use std::panic::Location;

use crate::fault::FaultState;

/// Where chance had this many hits to be expected and none came, it is no accident.
const NO_ACCIDENT: f64 = 20.0;

/// What one fault met, in one run or in many.
#[derive(Clone, Debug)]
pub(crate) struct Exposure {
    what: String,
    asked: &'static Location<'static>,
    optional: bool,
    met: u64,
    struck: u64,
    /// How many strikes were to be expected of chance.
    expected: f64,
}

impl Exposure {
    pub(crate) fn of(fault: &FaultState) -> Self {
        let (met, struck) = (fault.segments_met(), fault.segments_struck());
        #[allow(clippy::cast_precision_loss, reason = "an estimate")]
        let expected = fault.probability.unwrap_or(0.0) * met as f64;
        Self {
            what: fault.info.what.clone(),
            asked: fault.info.asked,
            optional: fault.is_optional(),
            met,
            struck,
            expected,
        }
    }

    /// Adds the exposures of one more run to those of others: faults of the same line are one.
    pub(crate) fn add_all(all: &mut Vec<Self>, run: Vec<Self>) {
        for one in run {
            let same = |other: &&mut Self| (other.asked, &other.what) == (one.asked, &one.what);
            match all.iter_mut().find(same) {
                None => all.push(one),
                Some(other) => {
                    other.optional |= one.optional;
                    other.met += one.met;
                    other.struck += one.struck;
                    other.expected += one.expected;
                }
            }
        }
    }

    fn why_inert(&self) -> Option<&'static str> {
        if self.optional {
            None
        } else if self.met == 0 {
            Some("met no segment")
        } else if self.expected >= NO_ACCIDENT && self.struck == 0 {
            Some("never struck")
        } else {
            None
        }
    }
}

/// The report on a test that passed, though faults for which it asked did nothing.
pub(crate) fn report(exposures: &[Exposure]) -> Option<String> {
    let inert = exposures.iter().filter_map(|exposure| {
        let why = exposure.why_inert()?;
        Some(format!("\n  {} {why}: {}", exposure.what, exposure.asked))
    });
    let inert: String = inert.collect();
    (!inert.is_empty()).then(|| {
        format!(
            "the test passed, but did not test what it says:{inert}\n  \
             help: send on those links while the fault stands, or let it be with `.optional()`"
        )
    })
}
