//! Integers and ranges of them: shard ids, seeds and counts.

use std::ops::Range;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Lit, LitInt, Path, RangeLimits, Result, Token};

use crate::attribute::base::run::Limits;
use crate::attribute::base::tokens::{refuse, wrong};

/// An integer literal.
pub(crate) struct Number {
    pub(crate) value: u64,
    pub(crate) literal: LitInt,
}

pub(crate) enum Numbers {
    One(Number),
    /// Up to the end that is not in it, how that is written, and the whole as it is written.
    Range(Range<u128>, Limits, TokenStream),
}

/// An integer of at most `largest`; `what` is what an error calls it.
pub(crate) fn number(input: ParseStream<'_>, what: &str, largest: u64) -> Result<Number> {
    let minus: Option<Token![-]> = input.parse()?;
    let literal = match input.parse() {
        Ok(Lit::Int(literal)) => literal,
        Ok(other) => return refuse(other, format!("{what} is a whole number")),
        Err(_) => return no_literal(input, what),
    };
    let suffix = literal.suffix();
    let message = if minus.is_some() || literal.base10_digits().starts_with('-') {
        "cannot be negative".to_owned()
    } else if !matches!(suffix, "" | "u64") {
        format!("is a `u64`: remove the suffix `{suffix}`")
    } else {
        match literal.base10_parse() {
            Ok(value) if value <= largest => return Ok(Number { value, literal }),
            _ => format!("is at most {}", grouped(largest.into())),
        }
    };
    let place = quote!(#minus #literal);
    refuse(place, format!("{what} {message}"))
}

fn no_literal(input: ParseStream<'_>, what: &str) -> Result<Number> {
    if let Ok(constant) = input.fork().call(Path::parse_mod_style) {
        let written = constant.to_token_stream().to_string().replace(' ', "");
        let message = format!(
            "{what} is written as a number, a macro cannot read a constant: \
             write the value of `{written}` in its place"
        );
        return refuse(constant, message);
    }
    if let Ok(dots) = input.fork().parse::<Token![..]>() {
        let message = "the range has no start: write a number before it, such as `0`";
        return refuse(dots, message);
    }
    let message = format!("expected a number, {what} is an integer such as `1`");
    wrong(input, message)
}

/// A count, which is at least one.
pub(crate) fn count(input: ParseStream<'_>, what: &str, largest: u64) -> Result<u64> {
    let number = number(input, what, largest)?;
    if number.value == 0 {
        return refuse(number.literal, format!("{what} is at least 1"));
    }
    Ok(number.value)
}

/// A number, or `first..end`, or `first..=last`; `many` are in the range that an error proposes.
pub(crate) fn numbers(input: ParseStream<'_>, what: &str, many: u64) -> Result<Numbers> {
    let start = number(input, what, u64::MAX)?;
    if !input.peek(Token![..]) {
        return Ok(Numbers::One(start));
    }
    let (limits, dots) = match input.parse::<RangeLimits>()? {
        dots @ RangeLimits::Closed(_) => (Limits::Closed, dots),
        dots @ RangeLimits::HalfOpen(_) => (Limits::HalfOpen, dots),
    };
    if input.is_empty() {
        let first = start.value.min(u64::MAX - many);
        let (last, end) = (first + many - 1, first + many);
        let message = format!("the range has no end: write `{first}..={last}` or `{first}..{end}`");
        return refuse(dots, message);
    }
    let end = number(input, what, u64::MAX)?;
    let (first, last) = (start.literal, end.literal);
    let written = quote!(#first #dots #last);
    let behind = u128::from(end.value) + u128::from(limits == Limits::Closed);
    Ok(Numbers::Range(start.value.into()..behind, limits, written))
}

/// `4,096` for 4096.
pub(crate) fn grouped(number: u128) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}
