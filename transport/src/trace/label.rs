//! What a segment is, in one short line.

use std::fmt::{self, Debug, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio::time::Instant;

use crate::trace::clock::DAWN;

/// How many characters of a payload's `Debug` are kept.
const LONGEST: usize = 160;

/// How many are looked at, as some are told in fewer.
const MOST_READ: usize = 640;

/// The `Debug` of a payload, on one line and cut short; a long one is not written to its end. A moment in it
/// is told as the time since the test `began`, or since its wall clock began: other runs have other moments.
pub(crate) fn label(payload: &impl Debug, began: Instant) -> String {
    let mut line = Line::of(MOST_READ);
    // An error is how it tells to stop writing, and some panic at one.
    let written = catch_unwind(AssertUnwindSafe(|| write!(line, "{payload:?}")));
    if written.is_err() && line.length <= MOST_READ {
        return "(its `Debug` panicked)".to_owned();
    }
    let text = line.text;
    if text.contains(FIELD) {
        let text = match of_instant(&format!("{:?}", began.into_std())) {
            Some(began) => since(&text, "Instant", began),
            None => text,
        };
        return self::line(&since(&text, "SystemTime", DAWN));
    }
    self::line(&text)
}

/// How the standard library shows what is in an `Instant` and in a `SystemTime`, on most systems.
const FIELD: &str = " { tv_sec: ";

/// The same with moments of a type told as the time since one of them; those before it as they are.
fn since(text: &str, name: &str, began: Duration) -> String {
    let head = format!("{name}{FIELD}");
    let mut parts = text.split(&head);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let moment = part.split_once(" }").and_then(|(fields, rest)| {
            let time = parse(fields)?.checked_sub(began)?;
            // A wall clock that is not that of the mesh.
            (time < Duration::from_secs(1_000 * 86_400)).then_some((time, rest))
        });
        if let Some((time, rest)) = moment {
            let _ = write!(told, "{name}({time:?}){rest}");
        } else {
            told.push_str(&head);
            told.push_str(part);
        }
    }
    told
}

fn of_instant(instant: &str) -> Option<Duration> {
    let (_, fields) = instant.split_once(FIELD)?;
    parse(fields.strip_suffix(" }")?)
}

/// What stands between the braces, after the first name.
fn parse(fields: &str) -> Option<Duration> {
    let (seconds, nanos) = fields.split_once(", tv_nsec: ")?;
    Some(Duration::new(seconds.parse().ok()?, nanos.parse().ok()?))
}

/// A text of the test's own, likewise.
pub(crate) fn line(text: &str) -> String {
    let mut line = Line::of(LONGEST);
    // The error says that the rest is left out.
    let _ = line.write_str(text);
    line.text
}

struct Line {
    text: String,
    length: usize,
    most: usize,
}

impl Line {
    fn of(most: usize) -> Self {
        Self {
            text: String::new(),
            length: 0,
            most,
        }
    }
}

impl Write for Line {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        for c in more.chars() {
            if self.length == self.most {
                self.text.push('…');
                self.length += 1;
            }
            if self.length > self.most {
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
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_short_payload_is_told_whole() {
        assert_eq!(label(&(1, "two"), Instant::now()), r#"(1, "two")"#);
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
        let label = label(&Endless, Instant::now());
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
        assert_eq!(label(&Rude, Instant::now()), "(its `Debug` panicked)");
    }

    #[test]
    fn a_label_is_one_line() {
        struct Lines;
        impl Debug for Lines {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a\nb\tc\u{1b}[0m")
            }
        }
        assert_eq!(label(&Lines, Instant::now()), "a b c [0m");
    }

    #[test]
    fn a_moment_is_told_as_the_time_since_the_test_began() {
        let began = Instant::now();
        let later = began + Duration::from_millis(1_250);
        let told = label(&(later, later.into_std()), began);
        if format!("{:?}", began.into_std()).contains(FIELD) {
            assert_eq!(told, "(Instant(1.25s), Instant(1.25s))");
        }
        let wall = SystemTime::UNIX_EPOCH + DAWN + Duration::from_millis(7);
        let told = label(&wall, began);
        if format!("{wall:?}").contains(FIELD) {
            assert_eq!(told, "SystemTime(7ms)");
        }
    }

    #[test]
    fn what_is_no_moment_of_the_test_is_told_as_it_is() {
        let began = Instant::now();
        for other in [
            "Instant { tv_sec: -3, tv_nsec: 1 }",
            "Instant { tv_sec: ",
            "SystemTime { tv_sec: 1, tv_nsec: 0 }",
        ] {
            assert_eq!(label(&format_args!("{other}"), began), other);
        }
    }
}
