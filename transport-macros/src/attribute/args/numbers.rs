//! Integers and ranges of them: shard ids, seeds and counts.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Error, Lit, LitInt, Path, Result, Token};

use crate::attribute::base::run::Limits;
use crate::attribute::base::tokens::wrong;

/// An integer literal.
pub(crate) struct Number {
    pub(crate) value: u64,
    literal: LitInt,
}

pub(crate) enum Numbers {
    One(Number),
    /// Both ends, and the range as it is written.
    Range(u64, u64, Limits, TokenStream),
}

impl ToTokens for Number {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.literal.to_tokens(tokens);
    }
}

/// An integer of at most `largest`; `what` is what an error calls it.
pub(crate) fn number(input: ParseStream<'_>, what: &str, largest: u64) -> Result<Number> {
    let minus: Option<Token![-]> = input.parse()?;
    let literal = match input.parse() {
        Ok(Lit::Int(literal)) => literal,
        Ok(other) => {
            let message = format!("{what} is a whole number");
            return Err(Error::new_spanned(other, message));
        }
        Err(_) => return Err(no_literal(input, what)),
    };
    let suffix = literal.suffix();
    let (place, message) = if minus.is_some() || literal.base10_digits().starts_with('-') {
        (quote!(#minus #literal), "cannot be negative".to_owned())
    } else if !matches!(suffix, "" | "u64") {
        let message = format!("is a `u64`: remove the suffix `{suffix}`");
        (quote!(#literal), message)
    } else {
        match literal.base10_parse() {
            Ok(value) if value <= largest => return Ok(Number { value, literal }),
            _ => {
                let largest = grouped(largest.into());
                (quote!(#literal), format!("is at most {largest}"))
            }
        }
    };
    Err(Error::new_spanned(place, format!("{what} {message}")))
}

fn no_literal(input: ParseStream<'_>, what: &str) -> Error {
    if let Ok(constant) = input.fork().call(Path::parse_mod_style) {
        let written = constant.to_token_stream().to_string().replace(' ', "");
        let message = format!(
            "{what} is written as a number, a macro cannot read a constant: \
             write the value of `{written}` in its place"
        );
        return Error::new_spanned(constant, message);
    }
    if let Ok(dots) = input.fork().parse::<Token![..]>() {
        let message = "the range has no start: write a number before it, such as `0`";
        return Error::new_spanned(dots, message);
    }
    wrong(
        input,
        format!("expected a number, {what} is an integer such as `1`"),
    )
}

/// A count, which is at least one.
pub(crate) fn count(input: ParseStream<'_>, what: &str, largest: u64) -> Result<u64> {
    let number = number(input, what, largest)?;
    if number.value == 0 {
        let message = format!("{what} is at least 1");
        return Err(Error::new_spanned(number, message));
    }
    Ok(number.value)
}

/// A number, or `first..end`, or `first..=last`; `many` are in the range that an error proposes.
pub(crate) fn numbers(input: ParseStream<'_>, what: &str, many: u64) -> Result<Numbers> {
    let start = number(input, what, u64::MAX)?;
    if !input.peek(Token![..]) {
        return Ok(Numbers::One(start));
    }
    let (limits, dots) = match input.parse::<Option<Token![..=]>>()? {
        Some(dots) => (Limits::Closed, dots.into_token_stream()),
        None => (
            Limits::HalfOpen,
            input.parse::<Token![..]>()?.into_token_stream(),
        ),
    };
    if input.is_empty() {
        let first = start.value.min(u64::MAX - many);
        let (last, end) = (first + many - 1, first + many);
        let message = format!("the range has no end: write `{first}..={last}` or `{first}..{end}`");
        return Err(Error::new_spanned(dots, message));
    }
    let end = number(input, what, u64::MAX)?;
    let written = quote!(#start #dots #end);
    Ok(Numbers::Range(start.value, end.value, limits, written))
}

/// `4,096` for 4096.
pub(crate) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
