//! Seeds as they are written: `seed = 7`, `seeds = 0..256`.

use std::ops::Range;

use syn::parse::ParseStream;
use syn::{Error, Result, Token};

use super::numbers::{Numbers, number, numbers};
use crate::attribute::base::run::Limits;

const WHAT: &str = "a seed";
/// How many seeds an error proposes.
const MANY: u64 = 256;

/// `seed = 7`
pub(crate) fn one(input: ParseStream<'_>) -> Result<u64> {
    let seed = number(input, WHAT, u64::MAX)?;
    if input.peek(Token![..]) {
        let message = "`seed` is one seed: write `seeds = 0..256` for a sweep";
        return Err(Error::new_spanned(seed, message));
    }
    Ok(seed.value)
}

/// `seeds = 0..256`, as a range without its end.
pub(crate) fn sweep(input: ParseStream<'_>) -> Result<Range<u64>> {
    let (first, last, limits, written) = match numbers(input, WHAT, MANY)? {
        Numbers::One(seed) => {
            let message = no_range(seed.value);
            return Err(Error::new_spanned(seed, message));
        }
        Numbers::Range {
            first,
            last,
            limits,
            written,
        } => (first, last, limits, written),
    };
    let end = match limits {
        Limits::HalfOpen => Some(last),
        Limits::Closed => last.checked_add(1),
    };
    let message = match end {
        Some(end) if first < end => return Ok(first..end),
        Some(_) => "a sweep of no seeds: write the lower one first, as in `0..256`",
        None => "the last of all seeds cannot be swept: write one less",
    };
    Err(Error::new_spanned(written, message))
}

fn no_range(seed: u64) -> String {
    let many = match seed {
        0 => "0..256".to_owned(),
        _ => format!("0..{seed}"),
    };
    format!("a sweep is a range: write `{many}`, or `seed = {seed}` for one")
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    #[test]
    fn both_kinds_of_range_are_read() {
        assert_eq!(sweep.parse_str("0..256").unwrap(), 0..256);
        assert_eq!(sweep.parse_str("0..=255").unwrap(), 0..256);
    }

    #[test]
    fn what_is_no_sweep_says_what_to_write() {
        for (text, advice) in [
            ("7", "`0..7`, or `seed = 7`"),
            ("0", "`0..256`, or `seed = 0`"),
            ("7..", "`7..=262` or `7..263`"),
            ("7..7", "lower one first"),
            ("9..=3", "lower one first"),
            ("0..=18446744073709551615", "one less"),
        ] {
            let error = sweep.parse_str(text).unwrap_err().to_string();
            assert!(error.contains(advice), "{text}: {error}");
        }
    }
}
