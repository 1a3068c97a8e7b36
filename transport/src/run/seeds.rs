//! Which seeds a test runs, by its own word and that of the environment.

use std::ops::Range;

/// Runs this seed only.
pub(crate) const ONE: &str = "SHARD_MESH_SEED";
/// Sweeps these seeds, where the test sweeps any.
pub(crate) const SWEEP: &str = "SHARD_MESH_SEEDS";

/// The seeds of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seeds {
    One(u64),
    Sweep(Range<u64>),
}

/// The seeds that a test runs now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) seeds: Seeds,
    /// Whether the environment chose them: then nobody can say what the test as a whole has met.
    pub(crate) narrowed: bool,
}

impl Seeds {
    /// As the environment says, where it says anything.
    ///
    /// # Errors
    ///
    /// What is wrong with the environment.
    pub(crate) fn choose(&self, one: Option<&str>, sweep: Option<&str>) -> Result<Chosen, String> {
        let narrowed = |seeds| Chosen {
            seeds,
            narrowed: true,
        };
        if let Some(one) = one {
            return parse_one(one).map(Seeds::One).map(narrowed);
        }
        match (self, sweep) {
            (Self::Sweep(_), Some(sweep)) => parse_range(sweep).map(Seeds::Sweep).map(narrowed),
            _ => Ok(Chosen {
                seeds: self.clone(),
                narrowed: false,
            }),
        }
    }
}

fn parse_one(text: &str) -> Result<u64, String> {
    let refused =
        |_| format!("{ONE} is `{text}`: set it to one number of 64 bits, such as {ONE}=17");
    text.trim().parse().map_err(refused)
}

fn parse_range(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(first, last)| {
        let first: u64 = first.trim().parse().ok()?;
        let end = match last.trim().strip_prefix('=') {
            Some(last) => last.trim().parse::<u64>().ok()?.checked_add(1)?,
            None => last.trim().parse().ok()?,
        };
        (first < end).then_some(first..end)
    });
    range.ok_or_else(|| {
        format!(
            "{SWEEP} is `{text}`: set it to a range that is not empty, such as {SWEEP}=0..100000"
        )
    })
}

/// How a shell is told to run one seed.
pub(crate) fn set_one(seed: u64) -> String {
    format!("{ONE}={seed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeds(own: &Seeds, one: Option<&str>, sweep: Option<&str>) -> Seeds {
        own.choose(one, sweep).unwrap().seeds
    }

    #[test]
    fn a_test_runs_its_own_seeds_unless_the_environment_says_otherwise() {
        let (one, sweep) = (Seeds::One(7), Seeds::Sweep(0..256));
        assert_eq!(seeds(&one, None, None), one);
        assert_eq!(seeds(&sweep, None, None), sweep);
        assert_eq!(seeds(&one, Some("17"), None), Seeds::One(17));
        assert_eq!(seeds(&sweep, Some("17"), Some("0..9")), Seeds::One(17));
        assert_eq!(seeds(&sweep, None, Some("5..9")), Seeds::Sweep(5..9));
        assert_eq!(seeds(&sweep, None, Some("5..=9")), Seeds::Sweep(5..10));
        assert_eq!(
            seeds(&one, None, Some("5..9")),
            one,
            "it has no range to override"
        );
    }

    #[test]
    fn what_the_environment_chose_is_known_as_such() {
        let sweep = Seeds::Sweep(0..256);
        assert!(!sweep.choose(None, None).unwrap().narrowed);
        assert!(sweep.choose(Some("1"), None).unwrap().narrowed);
        assert!(sweep.choose(None, Some("0..9")).unwrap().narrowed);
    }

    #[test]
    fn a_bad_value_is_told_what_would_do() {
        let sweep = Seeds::Sweep(0..256);
        for bad in ["", "x", "-1", "1..2", "18446744073709551616"] {
            let error = sweep.choose(Some(bad), None).unwrap_err();
            assert!(error.contains("SHARD_MESH_SEED=17"), "{error}");
        }
        for bad in ["", "7", "9..5", "5..5", "a..b", "0..=18446744073709551615"] {
            let error = sweep.choose(None, Some(bad)).unwrap_err();
            assert!(error.contains("SHARD_MESH_SEEDS=0..100000"), "{error}");
        }
    }
}
