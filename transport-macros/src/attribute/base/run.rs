//! Ids as the expansion repeats them: listed, or as a range where the user wrote one.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limits {
    /// `first..=last`
    Closed,
    /// `first..last + 1`
    HalfOpen,
}

/// Never empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Run {
    Listed(Vec<u64>),
    /// From the first to the last.
    Range(u64, u64, Limits),
}

/// Ids that follow one another become a range: those of `[0]` and `1..=5` are `0..=5`. Without `limits`
/// there was no range among them, and they stay a list.
pub(crate) fn runs(ids: &[u64], limits: Option<Limits>) -> Vec<Run> {
    let Some(limits) = limits else {
        return vec![Run::Listed(ids.to_vec())];
    };
    let mut runs = Vec::new();
    for stretch in ids.chunk_by(|id, next| id.checked_add(1) == Some(*next)) {
        match (stretch, runs.last_mut()) {
            // No number is behind the largest one, to be the end of a half-open range.
            ([first, .., u64::MAX], _) => runs.push(Run::Range(*first, u64::MAX, Limits::Closed)),
            ([first, .., last], _) => runs.push(Run::Range(*first, *last, limits)),
            (one, Some(Run::Listed(ids))) => ids.extend(one),
            (one, _) => runs.push(Run::Listed(one.to_vec())),
        }
    }
    runs
}
