//! What the seeds of a sweep passed with, in their order.

use std::collections::BTreeMap;

use crate::run::coverage::Coverage;
use crate::run::execute::Passed;
use crate::run::inert::Exposure;

/// What is known of the seeds that passed, added up in their order, whichever ends first: so what is told of
/// those below the lowest that fails is the same each time.
pub(crate) struct InOrder {
    next: u64,
    waiting: BTreeMap<u64, Passed>,
    exposures: Vec<Exposure>,
    coverage: Coverage,
}

impl InOrder {
    pub(crate) fn from(first: u64) -> Self {
        Self {
            next: first,
            waiting: BTreeMap::new(),
            exposures: Vec::new(),
            coverage: Coverage::default(),
        }
    }

    pub(crate) fn add(&mut self, seed: u64, passed: Passed) {
        self.waiting.insert(seed, passed);
        while let Some(passed) = self.waiting.remove(&self.next) {
            self.next += 1;
            Exposure::add_all(&mut self.exposures, passed.exposures);
            self.coverage.add(&passed.coverage);
        }
    }

    /// All of them as one.
    pub(crate) fn passed(self) -> Passed {
        Passed {
            exposures: self.exposures,
            coverage: self.coverage,
            recordings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::tally::Covered;

    fn passed(millis: u64) -> Passed {
        Passed {
            exposures: Vec::new(),
            coverage: Coverage::of_run(millis, std::iter::once(Covered::default())),
            recordings: Vec::new(),
        }
    }

    #[test]
    fn what_comes_after_a_gap_does_not_count() {
        let mut all = InOrder::from(7);
        all.add(8, passed(10));
        all.add(10, passed(1000));
        assert_eq!(all.coverage.seeds, 0);
        all.add(7, passed(1));
        assert_eq!((all.coverage.seeds, all.coverage.millis), (2, 11));
    }
}
