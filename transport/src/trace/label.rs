//! What a segment is, in one short line.

use std::fmt::{self, Debug, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many characters of a payload's `Debug` are kept.
const LONGEST: usize = 160;

/// The `Debug` of a payload, on one line and cut short; a long one is not written to its end.
pub(crate) fn label(payload: &impl Debug) -> String {
    let mut line = Line::default();
    // An error is how it tells to stop writing, and some panic at one.
    let written = catch_unwind(AssertUnwindSafe(|| write!(line, "{payload:?}")));
    if written.is_err() && line.length <= LONGEST {
        return "(its `Debug` panicked)".to_owned();
    }
    line.text
}

/// A text of the test's own, likewise.
pub(crate) fn line(text: &str) -> String {
    let mut line = Line::default();
    // The error says that the rest is left out.
    let _ = line.write_str(text);
    line.text
}

#[derive(Default)]
struct Line {
    text: String,
    length: usize,
}

impl Write for Line {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        for c in more.chars() {
            if self.length == LONGEST {
                self.text.push('…');
                self.length += 1;
            }
            if self.length > LONGEST {
                return Err(fmt::Error);
            }
            self.text.push(if c.is_control() { ' ' } else { c });
            self.length += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_payload_is_told_whole() {
        assert_eq!(label(&(1, "two")), r#"(1, "two")"#);
    }

    #[test]
    fn a_long_payload_is_cut_short_before_it_is_written_out() {
        struct Endless;
        impl Debug for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("endless ")?;
                }
            }
        }
        let label = label(&Endless);
        assert!(label.starts_with("endless endless") && label.ends_with('…'));
        assert_eq!(label.chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_payload_that_cannot_be_told_does_not_end_the_run() {
        struct Rude;
        impl Debug for Rude {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("no comment");
            }
        }
        assert_eq!(label(&Rude), "(its `Debug` panicked)");
    }

    #[test]
    fn a_label_is_one_line() {
        struct Lines;
        impl Debug for Lines {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a\nb\tc\u{1b}[0m")
            }
        }
        assert_eq!(label(&Lines), "a b c [0m");
    }
}
