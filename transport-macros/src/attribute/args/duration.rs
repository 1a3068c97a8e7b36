//! Durations such as `"30s"`.

use std::time::Duration;

use syn::Result;
use syn::parse::ParseStream;

use super::quoted::quoted;

const UNITS: [(&str, u32); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

pub(crate) fn duration(input: ParseStream<'_>) -> Result<Duration> {
    const ZERO: &str = "a duration of zero leaves no time to run: write at least `1ms`";
    let expected = "expected a duration in quotes, such as `\"30s\"`";
    quoted(input, expected, |text| match from_text(text)? {
        Duration::ZERO => Err(ZERO.to_owned()),
        duration => Ok(duration),
    })
}

/// A duration, which may be zero.
pub(crate) fn from_text(text: &str) -> std::result::Result<Duration, String> {
    let trimmed = text.trim();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = trimmed.split_at(digits);
    if number.is_empty() {
        let message = "is not a duration: write a whole number and a unit, such as `30s`";
        return Err(format!("`{text}` {message}"));
    }
    if rest.starts_with('.') {
        let message = "a duration is a whole number, without a fraction: \
                       write `1500ms` for one second and a half";
        return Err(message.to_owned());
    }
    let unit = rest.trim_start();
    let Some(milliseconds) = milliseconds(unit) else {
        return Err(unknown_unit(number, unit));
    };
    if text.len() > number.len() + unit.len() {
        let message = format!("a duration has no spaces in it: write `{number}{unit}`");
        return Err(message);
    }
    let number = number.parse::<u64>().ok();
    let duration = number.and_then(|number| number.checked_mul(milliseconds.into()));
    let too_long = || format!("`{text}` is too long for a duration");
    duration.map(Duration::from_millis).ok_or_else(too_long)
}

/// How many milliseconds a unit is.
fn milliseconds(unit: &str) -> Option<u32> {
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
