//! What befell a test in all the seeds that passed: whether they could have found anything.

use std::collections::BTreeMap;

use crate::decision::chaos::kind::Kind;
use crate::network::tally::Covered;

/// What befell the meshes of one run or of many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    pub(crate) seeds: u64,
    /// The time on the clock of the test, in milliseconds.
    pub(crate) millis: u64,
    pub(crate) of_meshes: Covered,
    /// In how many of the seeds there was an episode of this kind.
    pub(crate) seeds_with: BTreeMap<Kind, u64>,
}

impl Coverage {
    /// That of one run.
    pub(crate) fn of_run(millis: u64, meshes: impl Iterator<Item = Covered>) -> Self {
        let mut of_meshes = Covered::default();
        meshes.for_each(|mesh| of_meshes.add(&mesh));
        let kinds = of_meshes.kinds.keys();
        Self {
            seeds: 1,
            millis,
            seeds_with: kinds.map(|kind| (*kind, 1)).collect(),
            of_meshes,
        }
    }

    pub(crate) fn add(&mut self, more: &Self) {
        self.seeds += more.seeds;
        self.millis += more.millis;
        self.of_meshes.add(&more.of_meshes);
        for (kind, seeds) in &more.seeds_with {
            *self.seeds_with.entry(*kind).or_default() += seeds;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_counted_by_seeds_and_by_episodes() {
        let covered = |kinds: &[(Kind, u64)]| Covered {
            kinds: kinds.iter().copied().collect(),
            ..Covered::default()
        };
        let two_meshes = [covered(&[(Kind::Crash, 2)]), covered(&[(Kind::Crash, 3)])];
        let mut all = Coverage::of_run(0, two_meshes.into_iter());
        all.add(&Coverage::of_run(0, std::iter::once(covered(&[]))));
        assert_eq!(all.of_meshes.kinds, BTreeMap::from([(Kind::Crash, 5)]));
        assert_eq!((all.seeds_with[&Kind::Crash], all.seeds), (1, 2));
    }
}
