//! Latencies such as `"5ms"` and `"1ms..20ms"`.

use std::time::Duration;

use syn::Result;
use syn::parse::ParseStream;

use super::amount::Amount;
use super::duration::from_text as duration;
use super::quoted::quoted;
use crate::attribute::base::run::Limits;

const ZERO: &str = "a latency of zero delays nothing: write at least `1ms`, or remove it";

pub(crate) fn latency(input: ParseStream<'_>) -> Result<Amount> {
    const EXPECTED: &str = "expected a latency in quotes, such as `\"5ms\"` or `\"1ms..20ms\"`";
    quoted(input, EXPECTED, from_text)
}

fn from_text(text: &str) -> std::result::Result<Amount, String> {
    let Some((least, most)) = text.split_once("..") else {
        return match duration(text)? {
            Duration::ZERO => Err(ZERO.to_owned()),
            latency => Ok(Amount::Time(latency)),
        };
    };
    match most.strip_prefix('=') {
        Some(most) => between(least, most, Limits::Closed),
        None => between(least, most, Limits::HalfOpen),
    }
}

fn between(least: &str, most: &str, limits: Limits) -> std::result::Result<Amount, String> {
    let dots = match limits {
        Limits::Closed => "..=",
        Limits::HalfOpen => "..",
    };
    let (from, to) = (least.trim(), most.trim());
    if from.is_empty() || to.is_empty() {
        return Err(format!("a range has two ends: write `1ms{dots}20ms`"));
    }
    let least = duration(from)?;
    let most = duration(to)?;
    if least > most {
        let message = format!("the range is empty: swap its ends, write `{to}{dots}{from}`");
        return Err(message);
    }
    match limits {
        Limits::HalfOpen if least == most => {
            Err(format!("the range is empty: write `{to}` for one latency"))
        }
        // The end is not in the range, and the next time below is none.
        Limits::HalfOpen if most == Duration::from_millis(1) => Err(ZERO.to_owned()),
        Limits::Closed if most.is_zero() => Err(ZERO.to_owned()),
        _ => Ok(Amount::Times(least, most, limits)),
    }
}
