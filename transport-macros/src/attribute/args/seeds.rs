//! Seeds as they are written: `seed = 7`, `seeds = 0..256`, `also = [17, 4711]`.

use std::ops::Range;

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::token::Bracket;
use syn::{Result, Token};

use super::list::list;
use super::numbers::{Number, Numbers, number, numbers};
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::tokens::refuse;

const WHAT: &str = "a seed";
/// How many seeds an error proposes.
const MANY: u64 = 256;

/// `seed = 7`
pub(crate) fn one(input: ParseStream<'_>) -> Result<u64> {
    let seed = number(input, WHAT, u64::MAX)?;
    if input.peek(Token![..]) {
        let message = "`seed` is one seed: write `seeds = 0..256` for a sweep";
        return refuse(&seed.literal, message);
    }
    Ok(seed.value)
}

/// `seeds = 0..256`, as a range without its end.
pub(crate) fn sweep(input: ParseStream<'_>) -> Result<Range<u64>> {
    let (seeds, written) = match numbers(input, WHAT, MANY)? {
        Numbers::Range(seeds, _, written) => (seeds, written),
        Numbers::One(seed) => return no_range(&seed),
    };
    let message = match (u64::try_from(seeds.start), u64::try_from(seeds.end)) {
        (Ok(first), Ok(end)) if first < end => return Ok(first..end),
        (_, Ok(_)) => "a sweep of no seeds: write the lower one first, as in `0..256`",
        (_, Err(_)) => "the last of all seeds cannot be swept: write one less",
    };
    refuse(written, message)
}

/// `also = [17, 4711]`: one at least, and none twice.
pub(crate) fn also(input: ParseStream<'_>) -> Result<Vec<u64>> {
    let written: TokenStream = input.fork().parse()?;
    if !input.peek(Bracket) {
        return refuse(written, "expected a list of seeds: write `[17, 4711]`");
    }
    let seeds = list(input, listed)?;
    if seeds.is_empty() {
        return refuse(written, "a list of no seeds: name some, or remove `also`");
    }
    let mut mistakes = Mistakes::default();
    for (index, Number { value, literal }) in seeds.iter().enumerate() {
        if seeds[..index].iter().any(|it| it.value == *value) {
            mistakes.at(literal, format!("seed {value} is named twice: remove one"));
        }
    }
    let seeds = seeds.iter().map(|it| it.value).collect();
    mistakes.into_error().map_or(Ok(seeds), Err)
}

/// `exhaustive = 1`
pub(crate) fn exhaustive(input: ParseStream<'_>) -> Result<u64> {
    let faults = number(input, "how many faults are tried at once", u64::MAX)?;
    if faults.value == 1 {
        return Ok(1);
    }
    refuse(
        &faults.literal,
        "each fault is tried by itself: write `exhaustive = 1`",
    )
}

fn listed(input: ParseStream<'_>) -> Result<Number> {
    let seed = number(input, WHAT, u64::MAX)?;
    if input.peek(Token![..]) {
        let message = "`also` names seeds one by one: write `seeds = 0..256` for a sweep";
        return refuse(&seed.literal, message);
    }
    Ok(seed)
}

fn no_range(seed: &Number) -> Result<Range<u64>> {
    let one = seed.value;
    let many = if one == 0 { MANY } else { one };
    let message = format!("a sweep is a range: write `0..{many}`, or `seed = {one}` for one");
    refuse(&seed.literal, message)
}
