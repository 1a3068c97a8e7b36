//! Ids one after the other, kept in the way that the user wrote them, so that the expansion can
//! repeat it.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// Never empty.
    Listed(Vec<u64>),
    /// Never empty: `first` is at most `last`.
    Range {
        first: u64,
        last: u64,
        limits: Limits,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limits {
    /// `first..=last`
    Closed,
    /// `first..last + 1`
    HalfOpen,
}

impl Run {
    /// `first..=end` or `first..end`, unless it is empty.
    pub(crate) fn range(first: u64, end: u64, limits: Limits) -> Option<Self> {
        let last = match limits {
            Limits::Closed => end,
            Limits::HalfOpen => end.checked_sub(1)?,
        };
        (first <= last).then_some(Self::Range {
            first,
            last,
            limits,
        })
    }

    pub(crate) fn count(&self) -> u128 {
        match self {
            Self::Listed(ids) => ids.len() as u128,
            Self::Range { first, last, .. } => u128::from(last - first) + 1,
        }
    }

    pub(crate) fn ids(&self) -> Vec<u64> {
        match self {
            Self::Listed(ids) => ids.clone(),
            Self::Range { first, last, .. } => (*first..=*last).collect(),
        }
    }

    pub(crate) fn contains(&self, id: u64) -> bool {
        match self {
            Self::Listed(ids) => ids.contains(&id),
            Self::Range { first, last, .. } => (*first..=*last).contains(&id),
        }
    }

    pub(crate) fn is_range(&self) -> bool {
        matches!(self, Self::Range { .. })
    }

    /// What is left without the first `n` ids.
    fn skip(&self, n: usize) -> Option<Self> {
        match self {
            Self::Listed(ids) => {
                let left = ids.get(n..).filter(|left| !left.is_empty())?;
                Some(Self::Listed(left.to_vec()))
            }
            Self::Range {
                first,
                last,
                limits,
            } => {
                let first = first.checked_add(n as u64).filter(|first| first <= last)?;
                Some(Self::Range {
                    first,
                    last: *last,
                    limits: *limits,
                })
            }
        }
    }
}

/// What is left of `runs` without their first `n` ids.
pub(crate) fn skip(runs: &[Run], mut n: usize) -> Vec<Run> {
    let mut left = Vec::new();
    for run in runs {
        left.extend(run.skip(n));
        n = n.saturating_sub(run.ids().len());
    }
    left
}

/// Neighbours as one: `[0]` and `1..=5` are `0..=5`. Lists stay lists.
pub(crate) fn joined(runs: &[Run]) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    for run in runs {
        match joined.last().and_then(|before| join(before, run)) {
            Some(both) => *joined.last_mut().expect("it was just looked at") = both,
            None => joined.push(run.clone()),
        }
    }
    joined
}

fn join(left: &Run, right: &Run) -> Option<Run> {
    let (first, middle) = ends(left)?;
    let (next, last) = ends(right)?;
    let limits = match (left, right) {
        (Run::Listed(_), Run::Listed(_)) => return None,
        // No number is behind the largest one, to be the end of a half-open range.
        _ if last == u64::MAX => Limits::Closed,
        (_, Run::Range { limits, .. }) | (Run::Range { limits, .. }, _) => *limits,
    };
    (middle.checked_add(1) == Some(next)).then_some(Run::Range {
        first,
        last,
        limits,
    })
}

/// The first and the last id, if all between them follow one another.
fn ends(run: &Run) -> Option<(u64, u64)> {
    match run {
        Run::Range { first, last, .. } => Some((*first, *last)),
        Run::Listed(ids) => {
            let in_line = ids
                .windows(2)
                .all(|pair| pair[0].checked_add(1) == Some(pair[1]));
            in_line.then(|| Some((*ids.first()?, *ids.last()?)))?
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(ids: &[u64]) -> Run {
        Run::Listed(ids.to_vec())
    }

    fn closed(first: u64, last: u64) -> Run {
        Run::range(first, last, Limits::Closed).unwrap()
    }

    fn half_open(first: u64, end: u64) -> Run {
        Run::range(first, end, Limits::HalfOpen).unwrap()
    }

    #[test]
    fn neighbours_are_joined_where_one_is_a_range() {
        let runs = [listed(&[0]), closed(1, 5)];
        assert_eq!(joined(&runs), [closed(0, 5)]);
        let runs = [half_open(0, 3), listed(&[3, 4])];
        assert_eq!(joined(&runs), [half_open(0, 5)]);
    }

    #[test]
    fn lists_and_strangers_stay_apart() {
        let lists = [listed(&[0]), listed(&[1, 2])];
        assert_eq!(joined(&lists), lists);
        let apart = [listed(&[9]), closed(1, 5)];
        assert_eq!(joined(&apart), apart);
    }

    #[test]
    fn the_largest_id_has_no_neighbour() {
        let runs = [closed(u64::MAX, u64::MAX), listed(&[0])];
        assert_eq!(joined(&runs), runs);
        let runs = [half_open(u64::MAX - 1, u64::MAX), listed(&[u64::MAX])];
        assert_eq!(joined(&runs), [closed(u64::MAX - 1, u64::MAX)]);
    }

    #[test]
    fn skipping_goes_over_the_edge_of_a_run() {
        let runs = [listed(&[7, 8]), closed(1, 5)];
        assert_eq!(skip(&runs, 0), runs);
        assert_eq!(skip(&runs, 1), [listed(&[8]), closed(1, 5)]);
        assert_eq!(skip(&runs, 3), [closed(2, 5)]);
        assert_eq!(skip(&runs, 7), []);
    }
}
