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
    from_text(&literal.value()).map_err(|message| Error::new_spanned(literal, message))
}

fn from_text(text: &str) -> std::result::Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err(format!(
            "`{text}` is not a duration: write a whole number and a unit, such as `30s`"
        ));
    }
    let Some((_, milliseconds)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(unknown_unit(number, unit));
    };
    match number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(*milliseconds))
    {
        Some(0) => Err("a duration of zero leaves no time to run: write at least `1ms`".to_owned()),
        Some(milliseconds) => Ok(Duration::from_millis(milliseconds)),
        None => Err(format!("`{text}` is too long for a duration")),
    }
}

fn unknown_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() {
        return format!(
            "`{number}` has no unit: write `{number}ms`, `{number}s`, `{number}m` or `{number}h`"
        );
    }
    if unit.starts_with('.') {
        return "a duration is a whole number of a unit: write `1500ms` for one second and a half"
            .to_owned();
    }
    format!("unknown unit `{unit}`: expected `ms`, `s`, `m` or `h`")
}

#[cfg(test)]
mod tests {
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
        assert!(message("1.5s").contains("`1500ms`"));
        assert!(message("3 parsecs").contains("unknown unit"));
        assert!(message("").contains("not a duration"));
        assert!(message("-1s").contains("not a duration"));
        assert!(message("0s").contains("at least `1ms`"));
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
