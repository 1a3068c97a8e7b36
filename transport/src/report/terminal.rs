//! Where a report is read.

use std::env;
use std::io::{IsTerminal, stderr};

use crate::run::test_name::TestName;

/// The greatest width of a report, in columns.
const WIDEST: usize = 160;

/// The least width, also in a narrower terminal.
const NARROWEST: usize = 80;

/// How wide a report may be: as the terminal is, where its environment says so.
pub(super) fn columns() -> usize {
    let columns = env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    columns.unwrap_or(WIDEST).clamp(NARROWEST, WIDEST)
}

/// Whether the output is read on a terminal as it is written.
pub(super) fn color(test: &TestName) -> bool {
    let captured = !test.is_program()
        && env::var_os("RUST_TEST_NOCAPTURE").is_none()
        && !env::args_os().any(|it| it == "--nocapture" || it == "--no-capture");
    let wanted = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    wanted && !captured && stderr().is_terminal()
}
