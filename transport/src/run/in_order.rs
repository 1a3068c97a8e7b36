//! What the seeds of a sweep passed with, in their order.

use std::collections::BTreeMap;

use crate::run::execute::Passed;

/// Adds up what the seeds passed with, in the order of the seeds and not in that of their ends. So the sum over the
/// seeds below the lowest that fails is the same each time.
pub(crate) struct InOrder {
    next: u64,
    waiting: BTreeMap<u64, Passed>,
    pub(crate) all: Passed,
}

impl InOrder {
    pub(crate) fn from(first: u64) -> Self {
        Self {
            next: first,
            waiting: BTreeMap::new(),
            all: Passed::default(),
        }
    }

    pub(crate) fn add(&mut self, seed: u64, passed: Passed) {
        self.waiting.insert(seed, passed);
        while let Some(passed) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.all.add(passed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::tally::Covered;
    use crate::run::coverage::Coverage;

    fn passed(millis: u64) -> Passed {
        Passed {
            coverage: Coverage::of_run(millis, std::iter::once(Covered::default())),
            ..Passed::default()
        }
    }

    #[test]
    fn what_comes_after_a_gap_does_not_count() {
        let mut seeds = InOrder::from(7);
        seeds.add(8, passed(10));
        seeds.add(10, passed(1000));
        assert_eq!(seeds.all.coverage.seeds, 0);
        seeds.add(7, passed(1));
        let Coverage { seeds, millis, .. } = seeds.all.coverage;
        assert_eq!((seeds, millis), (2, 11));
    }
}
