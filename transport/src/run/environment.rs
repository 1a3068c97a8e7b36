//! What the environment says of a run.

use std::env;

use crate::run::seeds::{self, Chosen, Seeds};

/// When to draw what happened.
const TIMELINE: &str = "SHARD_MESH_TIMELINE";

#[derive(Debug)]
pub(crate) struct Environment {
    seed: Option<String>,
    seeds: Option<String>,
    pub(crate) timeline: Draw,
}

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
        })
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
}
