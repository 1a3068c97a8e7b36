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
    let (first, end, written) = match numbers(input, WHAT, MANY)? {
        Numbers::Range(first, end, Limits::HalfOpen, written) => (first, Some(end), written),
        Numbers::Range(first, last, Limits::Closed, written) => {
            (first, last.checked_add(1), written)
        }
        Numbers::One(seed) => {
            let message = no_range(seed.value);
            return Err(Error::new_spanned(seed, message));
        }
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
