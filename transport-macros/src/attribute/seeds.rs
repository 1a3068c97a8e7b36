//! The seeds that a test runs with: one, or a sweep.

use std::ops::Range;

use syn::parse::ParseStream;
use syn::{Error, Result, Token};

use super::args::Args;
use super::integer::integer;
use super::mistakes::Mistakes;
use super::run::Limits;

/// The seeds of a test; a sweep is never empty.
#[derive(Clone)]
pub(crate) enum Seeds {
    One(u64),
    Sweep(Range<u64>),
}

impl Seeds {
    /// `seed = 7`
    pub(crate) fn one(input: ParseStream<'_>) -> Result<u64> {
        let (seed, literal) = integer(input, "a seed", u64::MAX)?;
        if input.peek(Token![..]) {
            let message = "`seed` is one seed: write `seeds = 0..256` for a sweep";
            return Err(Error::new_spanned(literal, message));
        }
        Ok(seed)
    }

    /// `seeds = 0..256`, as a range without its end.
    pub(crate) fn sweep(input: ParseStream<'_>) -> Result<Range<u64>> {
        let (first, start) = integer(input, "a seed", u64::MAX)?;
        if input.is_empty() {
            let message =
                format!("a sweep is a range: write `0..{first}`, or `seed = {first}` for one");
            return Err(Error::new_spanned(start, message));
        }
        let (limits, dots) = Limits::read(input)?;
        if input.is_empty() {
            let message = format!(
                "the range has no end: write `{first}..{}`",
                first.saturating_add(256)
            );
            return Err(Error::new_spanned(dots, message));
        }
        let (last, end) = integer(input, "a seed", u64::MAX)?;
        let written = quote::quote!(#start #dots #end);
        let end = match limits {
            Limits::HalfOpen => Some(last),
            Limits::Closed => last.checked_add(1),
        };
        match end {
            Some(end) if first < end => Ok(first..end),
            Some(_) => Err(Error::new_spanned(
                written,
                "a sweep of no seeds: write the lower one first, as in `0..256`",
            )),
            None => Err(Error::new_spanned(
                written,
                "the last of all seeds cannot be swept: write one less",
            )),
        }
    }

    pub(crate) fn check(args: &Args, mistakes: &mut Mistakes) -> Option<Self> {
        if let (Some(_), Some(seeds)) = (&args.seed, &args.seeds) {
            mistakes.at(
                &seeds.name,
                "`seed` and `seeds` exclude each other: remove one",
            );
        }
        let one = args.seed.as_ref().and_then(|seed| seed.value);
        let sweep = args.seeds.as_ref().and_then(|seeds| seeds.value.clone());
        sweep.map(Self::Sweep).or(one.map(Self::One))
    }
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    #[test]
    fn both_kinds_of_range_are_read() {
        assert_eq!(Seeds::sweep.parse_str("0..256").unwrap(), 0..256);
        assert_eq!(Seeds::sweep.parse_str("5..=9").unwrap(), 5..10);
    }

    #[test]
    fn what_is_no_sweep_says_what_to_write() {
        let message = |text| Seeds::sweep.parse_str(text).unwrap_err().to_string();
        assert!(message("7").contains("`0..7`"));
        assert!(message("7..").contains("`7..263`"));
        assert!(message("7..7").contains("lower one first"));
        assert!(message("9..=3").contains("lower one first"));
        assert!(message("0..=18446744073709551615").contains("one less"));
        let message = Seeds::one.parse_str("0..9").unwrap_err().to_string();
        assert!(message.contains("seeds = 0..256"), "{message}");
    }
}
