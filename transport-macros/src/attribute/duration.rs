//! Durations such as `"30s"`.

use std::time::Duration;

use syn::parse::ParseStream;
use syn::{Error, LitStr, Result};

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

pub(crate) fn duration(input: ParseStream<'_>) -> Result<Duration> {
    if !input.peek(LitStr) {
        return Err(input.error("expected a duration in quotes, such as `\"30s\"`"));
    }
    let literal: LitStr = input.parse()?;
    match from_text(&literal.value()) {
        Ok(Duration::ZERO) => Err(Error::new_spanned(
            literal,
            "a duration of zero leaves no time to run: write at least `1ms`",
        )),
        Ok(duration) => Ok(duration),
        Err(message) => Err(Error::new_spanned(literal, message)),
    }
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
    match number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(milliseconds))
    {
        Some(milliseconds) => Ok(Duration::from_millis(milliseconds)),
        None => Err(format!("`{text}` is too long for a duration")),
    }
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
    use syn::parse::Parser;

    use super::*;

    #[test]
    fn every_unit_is_read() {
        assert_eq!(from_text("5ms"), Ok(Duration::from_millis(5)));
        assert_eq!(from_text("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(from_text("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(from_text("1h"), Ok(Duration::from_secs(3_600)));
    }

    #[test]
    fn what_is_no_duration_says_what_to_write() {
        let message = |text| from_text(text).unwrap_err();
        assert!(message("30").contains("`30s`"));
        assert!(message("3 parsecs").contains("unknown unit"));
        assert!(message("").contains("not a duration"));
        assert!(message("-1s").contains("not a duration"));
    }

    #[test]
    fn that_there_is_a_space_is_said_to_be_the_matter() {
        for text in ["5 ms", " 5ms", "5ms ", "5\tms"] {
            let message = from_text(text).unwrap_err();
            assert_eq!(message, "a duration has no spaces in it: write `5ms`");
        }
        let message = from_text("5 parsecs").unwrap_err();
        assert!(message.contains("unknown unit `parsecs`"), "{message}");
    }

    #[test]
    fn that_there_is_a_fraction_is_said_to_be_the_matter() {
        for (text, instead) in [
            ("1.5s", "`1500ms`"),
            ("1.5ms", "`1ms` or `2ms`"),
            ("0.5ms", "`1ms`"),
            ("0.0s", "`1ms`"),
            ("2.0ms", "`2ms`"),
            ("1.5 h", "`5400000ms`"),
            ("1.2345s", "`1234ms` or `1235ms`"),
            ("1.5", "`1500ms` for one second and a half"),
            ("1.5us", "`1500ms` for one second and a half"),
            (
                "1.00000000000000000000000000000000000000001s",
                "`1500ms` for one second and a half",
            ),
        ] {
            let message = from_text(text).unwrap_err();
            assert_eq!(
                message,
                format!("a duration is a whole number, without a fraction: write {instead}"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_unit_below_the_resolution_says_what_the_resolution_is() {
        for text in ["500us", "500µs", "500ns"] {
            let message = from_text(text).unwrap_err();
            assert!(
                message.contains("a resolution of 1 ms"),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn zero_is_no_time_to_run() {
        let error = duration.parse_str("\"0s\"").unwrap_err().to_string();
        assert!(error.contains("at least `1ms`"), "{error}");
        assert_eq!(from_text("0s"), Ok(Duration::ZERO));
    }

    #[test]
    fn a_duration_that_does_not_fit_is_no_overflow() {
        assert!(
            from_text("18446744073709551615h")
                .unwrap_err()
                .contains("too long")
        );
        assert!(
            from_text("99999999999999999999s")
                .unwrap_err()
                .contains("too long")
        );
    }
}
