//! Durations such as `"30s"`.

use std::time::Duration;

use syn::parse::ParseStream;
use syn::{Error, Result};

use super::quoted::quoted;

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

pub(crate) fn duration(input: ParseStream<'_>) -> Result<Duration> {
    let literal = quoted(input, "expected a duration in quotes, such as `\"30s\"`")?;
    let message = match from_text(&literal.value()) {
        Ok(Duration::ZERO) => {
            "a duration of zero leaves no time to run: write at least `1ms`".into()
        }
        Ok(duration) => return Ok(duration),
        Err(message) => message,
    };
    Err(Error::new_spanned(literal, message))
}

/// A duration, which may be zero.
pub(crate) fn from_text(text: &str) -> std::result::Result<Duration, String> {
    let trimmed = text.trim();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = trimmed.split_at(digits);
    if number.is_empty() {
        return Err(format!(
            "`{text}` is not a duration: write a whole number and a unit, such as `30s`"
        ));
    }
    if let Some(rest) = rest.strip_prefix('.') {
        return Err(no_fraction(number, rest));
    }
    let unit = rest.trim_start();
    let Some(milliseconds) = milliseconds(unit) else {
        return Err(unknown_unit(number, unit));
    };
    if text.len() > number.len() + unit.len() {
        return Err(format!(
            "a duration has no spaces in it: write `{number}{unit}`"
        ));
    }
    let number = number.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(milliseconds))
        .map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is too long for a duration"))
}

/// How many milliseconds a unit is.
fn milliseconds(unit: &str) -> Option<u64> {
    let known = UNITS.iter().find(|(name, _)| *name == unit);
    known.map(|(_, milliseconds)| *milliseconds)
}

fn unknown_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() {
        return format!(
            "`{number}` has no unit: write `{number}ms`, `{number}s`, `{number}m` or `{number}h`"
        );
    }
    if matches!(unit, "us" | "µs" | "μs" | "ns") {
        return format!("time has a resolution of 1 ms: write whole `ms` in place of `{unit}`");
    }
    format!("unknown unit `{unit}`: expected `ms`, `s`, `m` or `h`")
}

/// Of `number`, a point and `rest`.
fn no_fraction(number: &str, rest: &str) -> String {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, unit) = rest.split_at(digits);
    let instead = milliseconds(unit.trim_start())
        .and_then(|unit| in_milliseconds(number, fraction, unit))
        .map_or(
            "`1500ms` for one second and a half".to_owned(),
            |(below, above)| match below {
                0 => format!("`{above}ms`"),
                _ if below == above => format!("`{below}ms`"),
                _ => format!("`{below}ms` or `{above}ms`"),
            },
        );
    format!("a duration is a whole number, without a fraction: write {instead}")
}

/// `number.fraction` of a unit: the milliseconds next below and next above; `None` if it does not fit.
fn in_milliseconds(number: &str, fraction: &str, unit: u64) -> Option<(u128, u128)> {
    let parts = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let all: u128 = format!("{number}{fraction}").parse().ok()?;
    let all = all.checked_mul(unit.into())?;
    Some((all / parts, all.div_ceil(parts).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_read() {
        for (text, milliseconds) in [
            ("5ms", 5),
            ("30s", 30_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("0s", 0),
        ] {
            assert_eq!(from_text(text), Ok(Duration::from_millis(milliseconds)));
        }
    }

    #[test]
    fn what_is_no_duration_says_what_to_write() {
        for (text, advice) in [
            ("30", "`30s`"),
            ("3 parsecs", "unknown unit `parsecs`"),
            ("", "not a duration"),
            ("-1s", "not a duration"),
            ("5 ms", "no spaces in it: write `5ms`"),
            (" 5ms", "no spaces in it: write `5ms`"),
            ("5\tms", "no spaces in it: write `5ms`"),
            ("500us", "a resolution of 1 ms"),
            ("500µs", "a resolution of 1 ms"),
            ("18446744073709551615h", "too long"),
            ("99999999999999999999s", "too long"),
        ] {
            let message = from_text(text).unwrap_err();
            assert!(message.contains(advice), "{text}: {message}");
        }
    }

    #[test]
    fn a_fraction_is_told_in_whole_milliseconds() {
        for (text, instead) in [
            ("1.5s", "`1500ms`"),
            ("1.5ms", "`1ms` or `2ms`"),
            ("0.5ms", "`1ms`"),
            ("0.0s", "`1ms`"),
            ("1.5 h", "`5400000ms`"),
            ("1.2345s", "`1234ms` or `1235ms`"),
            ("1.5", "`1500ms` for one second and a half"),
            ("1.00000000000000000000000000000000000000001s", "`1500ms`"),
        ] {
            let message = from_text(text).unwrap_err();
            let advice = format!("without a fraction: write {instead}");
            assert!(message.contains(&advice), "{text}: {message}");
        }
    }
}
