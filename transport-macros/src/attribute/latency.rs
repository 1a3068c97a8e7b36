//! Latencies such as `"5ms"` and `"1ms..20ms"`.

use std::time::Duration;

use syn::parse::ParseStream;
use syn::{Error, LitStr, Result};

use super::duration::from_text as duration;
use super::run::Limits;

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
        if !input.peek(LitStr) {
            return Err(
                input.error("expected a latency in quotes, such as `\"5ms\"` or `\"1ms..20ms\"`")
            );
        }
        let literal: LitStr = input.parse()?;
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
        return Err(format!("the range has no start: write `0ms{dots}{to}`"));
    }
    if to.is_empty() {
        return Err(format!("the range has no end: write `{from}{dots}20ms`"));
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

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn a_latency_is_one_time_or_a_range() {
        let between = |least, most, limits| {
            Ok(Latency::Between {
                least: ms(least),
                most: ms(most),
                limits,
            })
        };
        assert_eq!(from_text("5ms"), Ok(Latency::Fixed(ms(5))));
        assert_eq!(from_text("1ms..20ms"), between(1, 20, Limits::HalfOpen));
        assert_eq!(from_text("1ms..=20ms"), between(1, 20, Limits::Closed));
        assert_eq!(
            from_text("500ms .. 1s"),
            between(500, 1_000, Limits::HalfOpen)
        );
        assert_eq!(from_text("5ms..=5ms"), between(5, 5, Limits::Closed));
    }

    #[test]
    fn zero_is_the_least_and_not_the_most() {
        assert!(from_text("0ms..2ms").is_ok());
        assert!(from_text("0ms..=1ms").is_ok());
        for text in ["0ms", "0ms..=0ms", "0ms..1ms"] {
            let message = from_text(text).unwrap_err();
            assert!(message.contains("delays nothing"), "{text}: {message}");
        }
    }

    #[test]
    fn an_empty_range_says_what_to_write() {
        let message = |text| from_text(text).unwrap_err();
        assert!(message("20ms..1ms").contains("swap its ends, write `1ms..20ms`"));
        assert!(message("1s..=20ms").contains("swap its ends, write `20ms..=1s`"));
        assert!(message("5ms..5ms").contains("write `5ms`"));
    }

    #[test]
    fn half_a_range_says_what_is_missing() {
        let message = |text| from_text(text).unwrap_err();
        assert!(message("..20ms").contains("no start: write `0ms..20ms`"));
        assert!(message("1ms..=").contains("no end: write `1ms..=20ms`"));
    }

    #[test]
    fn each_end_is_a_duration() {
        let message = |text| from_text(text).unwrap_err();
        assert!(message("1..20ms").contains("`1` has no unit"));
        assert!(message("1ms..20us").contains("a resolution of 1 ms"));
        assert!(message("1ms...20ms").contains("not a duration"));
    }
}
