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
    Range {
        first: u64,
        last: u64,
        limits: Limits,
        written: TokenStream,
    },
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
    Ok(Numbers::Range {
        first: start.value,
        last: end.value,
        limits,
        written: quote!(#start #dots #end),
    })
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

#[cfg(test)]
mod tests {
    use proc_macro2::{Delimiter, Group, TokenTree};
    use syn::parse::Parser;

    use super::*;

    fn parser(input: ParseStream<'_>) -> Result<Number> {
        number(input, "a shard id", u64::MAX)
    }

    #[test]
    fn every_spelling_of_an_integer_is_read() {
        for (text, value) in [
            ("7", 7),
            ("1_000", 1_000),
            ("0xff", 255),
            ("0b11u64", 3),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(parser.parse_str(text).unwrap().value, value, "{text}");
        }
        let fragment = Group::new(Delimiter::None, "0xff".parse().unwrap());
        let fragment = parser.parse2(TokenTree::from(fragment).into());
        assert_eq!(fragment.unwrap().value, 255);
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (text, message) in [
            ("-1", "cannot be negative"),
            ("1.5", "is a whole number"),
            ("1i32", "remove the suffix `i32`"),
            ("18446744073709551616", "at most 18,446,744,073,709,551,615"),
            ("LEADER", "write the value of `LEADER` in its place"),
            ("..5", "no start"),
            ("struct", "expected a number"),
        ] {
            let error = parser.parse_str(text).err().unwrap().to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn large_numbers_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (4_096, "4,096"),
            (1 << 20, "1,048,576"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
