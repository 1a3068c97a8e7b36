//! Ids one after the other, kept in the way that the user wrote them, so that the expansion can
//! repeat it.

/// Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    Listed(Vec<u64>),
    /// From the first to the last.
    Range(u64, u64, Limits),
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
        (first <= last).then_some(Self::Range(first, last, limits))
    }

    pub(crate) fn count(&self) -> u128 {
        match self {
            Self::Listed(ids) => ids.len() as u128,
            Self::Range(first, last, _) => u128::from(last - first) + 1,
        }
    }

    pub(crate) fn ids(&self) -> Vec<u64> {
        match self {
            Self::Listed(ids) => ids.clone(),
            Self::Range(first, last, _) => (*first..=*last).collect(),
        }
    }

    /// What is left without the first `n` ids.
    fn skip(&self, n: usize) -> Option<Self> {
        match self {
            Self::Listed(ids) => {
                let left = ids.get(n..).filter(|left| !left.is_empty())?;
                Some(Self::Listed(left.to_vec()))
            }
            Self::Range(first, last, limits) => {
                let first = first.checked_add(n as u64).filter(|it| it <= last)?;
                Some(Self::Range(first, *last, *limits))
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
        let before = joined.pop();
        match before.as_ref().and_then(|before| join(before, run)) {
            Some(both) => joined.push(both),
            None => joined.extend(before.into_iter().chain([run.clone()])),
        }
    }
    joined
}

fn join(left: &Run, right: &Run) -> Option<Run> {
    let ((first, middle), (next, last)) = (ends(left)?, ends(right)?);
    let limits = match (left, right) {
        (Run::Listed(_), Run::Listed(_)) => return None,
        // No number is behind the largest one, to be the end of a half-open range.
        _ if last == u64::MAX => Limits::Closed,
        (_, Run::Range(.., limits)) | (Run::Range(.., limits), _) => *limits,
    };
    (middle.checked_add(1) == Some(next)).then_some(Run::Range(first, last, limits))
}

/// The first and the last id, if all between them follow one another.
fn ends(run: &Run) -> Option<(u64, u64)> {
    match run {
        Run::Range(first, last, _) => Some((*first, *last)),
        Run::Listed(ids) => {
            let (first, last) = (*ids.first()?, *ids.last()?);
            (first..=last)
                .eq(ids.iter().copied())
                .then_some((first, last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Limits::{Closed, HalfOpen};
    use super::Run::{Listed, Range};
    use super::{joined, skip};

    #[test]
    fn neighbours_are_joined_where_one_is_a_range() {
        const MAX: u64 = u64::MAX;
        for (left, right, both) in [
            (Listed(vec![0]), Range(1, 5, Closed), Range(0, 5, Closed)),
            (
                Range(0, 2, HalfOpen),
                Listed(vec![3, 4]),
                Range(0, 4, HalfOpen),
            ),
            (
                Range(MAX - 1, MAX - 1, HalfOpen),
                Listed(vec![MAX]),
                Range(MAX - 1, MAX, Closed),
            ),
        ] {
            assert_eq!(joined(&[left, right]), [both]);
        }
    }

    #[test]
    fn lists_and_strangers_stay_apart() {
        for apart in [
            [Listed(vec![0]), Listed(vec![1, 2])],
            [Listed(vec![9]), Range(1, 5, Closed)],
            [Range(u64::MAX, u64::MAX, Closed), Listed(vec![0])],
        ] {
            assert_eq!(joined(&apart), apart);
        }
    }

    #[test]
    fn skipping_goes_over_the_edge_of_a_run() {
        let runs = [Listed(vec![7, 8]), Range(1, 5, Closed)];
        assert_eq!(skip(&runs, 0), runs);
        assert_eq!(skip(&runs, 1), [Listed(vec![8]), Range(1, 5, Closed)]);
        assert_eq!(skip(&runs, 3), [Range(2, 5, Closed)]);
        assert_eq!(skip(&runs, 7), []);
    }
}
