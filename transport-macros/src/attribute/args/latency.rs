//! Latencies such as `"5ms"` and `"1ms..20ms"`.

use std::time::Duration;

use syn::parse::ParseStream;
use syn::{Error, Result};

use super::duration::from_text as duration;
use super::quoted::quoted;
use crate::attribute::base::run::Limits;

/// The end of the range that an error proposes.
const USUAL: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Latency {
    /// Never zero.
    Fixed(Duration),
    /// Never empty, and never zero alone.
    Between {
        least: Duration,
        most: Duration,
        limits: Limits,
    },
}

impl Latency {
    pub(crate) fn read(input: ParseStream<'_>) -> Result<Self> {
        const EXPECTED: &str = "expected a latency in quotes, such as `\"5ms\"` or `\"1ms..20ms\"`";
        let literal = quoted(input, EXPECTED)?;
        from_text(&literal.value()).map_err(|message| Error::new_spanned(literal, message))
    }
}

fn from_text(text: &str) -> std::result::Result<Latency, String> {
    let Some((least, most)) = text.split_once("..") else {
        return match duration(text)? {
            Duration::ZERO => Err(of_zero()),
            latency => Ok(Latency::Fixed(latency)),
        };
    };
    match most.strip_prefix('=') {
        Some(most) => between(least, most, Limits::Closed),
        None => between(least, most, Limits::HalfOpen),
    }
}

fn between(least: &str, most: &str, limits: Limits) -> std::result::Result<Latency, String> {
    let dots = match limits {
        Limits::Closed => "..=",
        Limits::HalfOpen => "..",
    };
    let (from, to) = (least.trim(), most.trim());
    if from.is_empty() {
        let to = if to.is_empty() { "20ms" } else { to };
        return Err(format!("the range has no start: write `0ms{dots}{to}`"));
    }
    if to.is_empty() {
        let end = match duration(from)? {
            near if near < USUAL => USUAL,
            far => far.saturating_mul(2),
        };
        let end = end.as_millis();
        return Err(format!("the range has no end: write `{from}{dots}{end}ms`"));
    }
    let (least, most) = (duration(from)?, duration(to)?);
    if least > most {
        return Err(format!(
            "the range is empty: swap its ends, write `{to}{dots}{from}`"
        ));
    }
    match limits {
        Limits::HalfOpen if least == most => {
            Err(format!("the range is empty: write `{to}` for one latency"))
        }
        // The end is not in the range, and the next time below is none.
        Limits::HalfOpen if most == Duration::from_millis(1) => Err(of_zero()),
        Limits::Closed if most.is_zero() => Err(of_zero()),
        _ => Ok(Latency::Between {
            least,
            most,
            limits,
        }),
    }
}

fn of_zero() -> String {
    "a latency of zero delays nothing: write at least `1ms`, or remove it".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_one_time_or_a_range() {
        let ms = Duration::from_millis;
        assert_eq!(from_text("5ms"), Ok(Latency::Fixed(ms(5))));
        for (text, least, most, limits) in [
            ("1ms..20ms", 1, 20, Limits::HalfOpen),
            ("1ms..=5ms", 1, 5, Limits::Closed),
            ("500ms .. 1s", 500, 1_000, Limits::HalfOpen),
            ("5ms..=5ms", 5, 5, Limits::Closed),
            ("0ms..2ms", 0, 2, Limits::HalfOpen),
            ("0ms..=1ms", 0, 1, Limits::Closed),
        ] {
            let (least, most) = (ms(least), ms(most));
            let latency = Latency::Between {
                least,
                most,
                limits,
            };
            assert_eq!(from_text(text), Ok(latency));
        }
    }

    #[test]
    fn what_is_no_latency_says_what_to_write() {
        for (text, advice) in [
            ("0ms", "delays nothing"),
            ("0ms..=0ms", "delays nothing"),
            ("0ms..1ms", "delays nothing"),
            ("20ms..1ms", "swap its ends, write `1ms..20ms`"),
            ("1s..=20ms", "swap its ends, write `20ms..=1s`"),
            ("5ms..5ms", "write `5ms`"),
            ("..20ms", "no start: write `0ms..20ms`"),
            ("1ms..=", "no end: write `1ms..=20ms`"),
            ("30ms..", "no end: write `30ms..60ms`"),
            ("..", "no start: write `0ms..20ms`"),
            ("1..20ms", "`1` has no unit"),
            ("1ms..20us", "a resolution of 1 ms"),
            ("1ms...20ms", "not a duration"),
        ] {
            let message = from_text(text).unwrap_err();
            assert!(message.contains(advice), "{text}: {message}");
        }
    }
}
