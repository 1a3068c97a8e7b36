//! What the environment says of a run.

use std::env;
use std::time::Duration;

use crate::run::seeds::{self, Chosen, Seeds};

/// When to draw what happened.
const TIMELINE: &str = "SHARD_MESH_TIMELINE";

/// Whether to tell what the seeds of a test covered.
const STATS: &str = "SHARD_MESH_STATS";

/// For how long a sweep goes on.
const FOR: &str = "SHARD_MESH_FOR";

/// After how long a process is ended whose test does not come to its end by itself.
const SPIN: &str = "SHARD_MESH_SPIN";

#[derive(Debug)]
pub(crate) struct Environment {
    seed: Option<String>,
    seeds: Option<String>,
    pub(crate) timeline: Draw,
    pub(crate) spin: Spin,
    /// Whether to tell what the seeds of a test covered.
    pub(crate) stats: bool,
    /// For how long a sweep goes on with the seeds after its own.
    pub(crate) goes_on: Option<Duration>,
}

/// After how long a run that does not come to its end by itself is told of, and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spin(Option<Duration>);

/// When to draw what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Draw {
    Always,
    OnFailure,
    Never,
}

impl Environment {
    /// # Errors
    ///
    /// What is wrong with a value.
    pub(crate) fn read() -> Result<Self, String> {
        Ok(Self {
            seed: variable(seeds::ONE),
            seeds: variable(seeds::SWEEP),
            timeline: Draw::parse(variable(TIMELINE).as_deref())?,
            spin: Spin::parse(variable(SPIN).as_deref())?,
            goes_on: parse_for(variable(FOR).as_deref())?,
            stats: parse_stats(variable(STATS).as_deref())?,
        })
    }

    /// Sweeps the test's own seeds, neither others nor more.
    pub(crate) fn keep_seeds(&mut self) {
        (self.seeds, self.goes_on) = (None, None);
    }

    /// The seeds of a test that has these of its own.
    ///
    /// # Errors
    ///
    /// What is wrong with a value.
    pub(crate) fn seeds(&self, own: &Seeds) -> Result<Chosen, String> {
        own.choose(self.seed.as_deref(), self.seeds.as_deref())
    }
}

/// A value that is no text is not left out, but told as one that does not parse.
fn variable(name: &str) -> Option<String> {
    Some(env::var_os(name)?.to_string_lossy().into_owned())
}

fn parse_stats(text: Option<&str>) -> Result<bool, String> {
    match text {
        None | Some("0") => Ok(false),
        Some("1") => Ok(true),
        Some(other) => Err(format!("{STATS} is `{other}`: set it to `1` or `0`")),
    }
}

fn parse_for(text: Option<&str>) -> Result<Option<Duration>, String> {
    let Some(text) = text else {
        return Ok(None);
    };
    let refused = || {
        format!(
            "{FOR} is `{text}`: set it to a time above 0 in `ms`, `s`, `m` or `h`, such as {FOR}=10m"
        )
    };
    time(text.trim()).map(Some).ok_or_else(refused)
}

impl Draw {
    fn parse(text: Option<&str>) -> Result<Self, String> {
        match text {
            Some("always") => Ok(Self::Always),
            None | Some("failure") => Ok(Self::OnFailure),
            Some("never") => Ok(Self::Never),
            Some(other) => Err(format!(
                "{TIMELINE} is `{other}`: set it to `always`, `failure` or `never`"
            )),
        }
    }
}

impl Spin {
    const UNLESS_TOLD: Self = Self::after(Duration::from_secs(5 * 60));
    /// Where it is never ended.
    const TOLD_AFTER: Duration = Duration::from_secs(30);

    pub(crate) const fn after(time: Duration) -> Self {
        Self(Some(time))
    }

    pub(crate) fn ended_after(self) -> Option<Duration> {
        self.0
    }

    pub(crate) fn told_after(self) -> Duration {
        self.0.map_or(Self::TOLD_AFTER, |end| end / 10)
    }

    fn parse(text: Option<&str>) -> Result<Self, String> {
        let refused = |text| {
            format!(
                "{SPIN} is `{text}`: set it to a time above 0 in `ms`, `s`, `m` or `h`, such as {SPIN}=20s, or to `never`"
            )
        };
        match text.map(str::trim) {
            None => Ok(Self::UNLESS_TOLD),
            Some("never") => Ok(Self(None)),
            Some(text) => time(text).map(Self::after).ok_or_else(|| refused(text)),
        }
    }
}

/// A time above 0, as the attribute writes it.
fn time(text: &str) -> Option<Duration> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let millis = match &text[number.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let millis = number.trim_end().parse::<u64>().ok()?.checked_mul(millis)?;
    (millis > 0).then(|| Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_is_for_failures_unless_told() {
        assert_eq!(Draw::parse(None), Ok(Draw::OnFailure));
        assert_eq!(Draw::parse(Some("always")), Ok(Draw::Always));
        assert_eq!(Draw::parse(Some("failure")), Ok(Draw::OnFailure));
        assert_eq!(Draw::parse(Some("never")), Ok(Draw::Never));
        let error = Draw::parse(Some("yes")).unwrap_err();
        assert!(error.contains("`always`, `failure` or `never`"), "{error}");
    }

    #[test]
    fn a_sweep_goes_on_for_a_time() {
        assert_eq!(parse_for(None), Ok(None));
        assert_eq!(parse_for(Some("10m")), Ok(Some(Duration::from_secs(600))));
        for bad in ["", "10", "0s", "never"] {
            let error = parse_for(Some(bad)).unwrap_err();
            assert!(error.contains("such as SHARD_MESH_FOR=10m"), "{error}");
        }
    }

    #[test]
    fn what_is_covered_is_told_where_that_is_asked_for() {
        assert_eq!(
            [None, Some("0"), Some("1")].map(parse_stats),
            [Ok(false), Ok(false), Ok(true)]
        );
        let error = parse_stats(Some("yes")).unwrap_err();
        assert!(error.contains("SHARD_MESH_STATS is `yes`"), "{error}");
    }

    #[test]
    fn a_process_is_ended_after_a_time_or_never() {
        let ended = |text| Spin::parse(text).map(|spin| (spin.told_after(), spin.ended_after()));
        let seconds = Duration::from_secs;
        assert_eq!(ended(None), Ok((seconds(30), Some(seconds(300)))));
        assert_eq!(ended(Some("20s")), Ok((seconds(2), Some(seconds(20)))));
        assert_eq!(ended(Some("2 h")), Ok((seconds(720), Some(seconds(7200)))));
        let millis = Duration::from_millis;
        assert_eq!(ended(Some("500ms")), Ok((millis(50), Some(millis(500)))));
        assert_eq!(ended(Some("never")), Ok((seconds(30), None)));
        for bad in [
            "",
            "20",
            "0s",
            "1.5s",
            "-1s",
            "soon",
            "s",
            "20 sec",
            "999999999999999999h",
        ] {
            let error = Spin::parse(Some(bad)).unwrap_err();
            assert!(
                error.contains(&format!("SHARD_MESH_SPIN is `{bad}`")),
                "{error}"
            );
            assert!(
                error.contains("SHARD_MESH_SPIN=20s, or to `never`"),
                "{error}"
            );
        }
    }
}
