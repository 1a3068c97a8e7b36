//! The error that a test returned. Its type is not known to the harness, and whoever reports it prints
//! it to standard error: a rerun puts marks around that, between which it is found.

use std::process::{ExitCode, Termination};

use super::request::is_rerun;

/// What no test writes, on a line of its own.
const MARK: &str = "shard-mesh: what the test returned, told in a rerun";

/// Reports what a test returned.
pub(crate) fn report(returned: impl Termination) -> ExitCode {
    if !is_rerun() {
        return returned.report();
    }
    eprintln!("{MARK}");
    let code = returned.report();
    eprintln!("{MARK}");
    code
}

/// The error in what a rerun wrote to standard error.
pub(super) fn error_in(stderr: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(stderr);
    let between = text.rsplit(MARK).nth(1)?;
    let error = between.trim().strip_prefix("Error: ")?;
    Some(error.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_what_stands_between_the_marks() {
        let error = |between: &str| {
            error_in(format!("Error: before\n{MARK}\n{between}{MARK}\nError: after\n").as_bytes())
        };
        assert_eq!(
            error("Error: E {\n    a,\n}\n"),
            Some("E {\n    a,\n}".to_owned())
        );
        assert_eq!(error(""), None);
        assert_eq!(error_in(b"Error: none\n"), None);
    }
}
