//! Integer literals: shard ids and counts.

use syn::parse::ParseStream;
use syn::{Error, Lit, LitInt, Result, Token};

/// An integer literal of at most `largest`; `what` is what an error calls it.
pub(crate) fn integer(input: ParseStream<'_>, what: &str, largest: u64) -> Result<(u64, LitInt)> {
    let minus: Option<Token![-]> = input.parse()?;
    let literal = match input.parse() {
        Ok(Lit::Int(literal)) => literal,
        Ok(other) => {
            return Err(Error::new_spanned(
                other,
                format!("{what} is a whole number"),
            ));
        }
        Err(_) => return Err(no_literal(input, what)),
    };
    if minus.is_some() || literal.base10_digits().starts_with('-') {
        let place = quote::quote!(#minus #literal);
        return Err(Error::new_spanned(
            place,
            format!("{what} cannot be negative"),
        ));
    }
    if !matches!(literal.suffix(), "" | "u64") {
        let message = format!(
            "{what} is a `u64`: remove the suffix `{}`",
            literal.suffix()
        );
        return Err(Error::new_spanned(literal, message));
    }
    match literal.base10_parse() {
        Ok(value) if value <= largest => Ok((value, literal)),
        _ => {
            let message = format!("{what} is at most {}", grouped(largest.into()));
            Err(Error::new_spanned(literal, message))
        }
    }
}

/// A count, which is at least one.
pub(crate) fn count(input: ParseStream<'_>, what: &str, largest: u64) -> Result<u64> {
    match integer(input, what, largest)? {
        (0, literal) => Err(Error::new_spanned(literal, format!("{what} is at least 1"))),
        (value, _) => Ok(value),
    }
}

fn no_literal(input: ParseStream<'_>, what: &str) -> Error {
    if input.peek(syn::Ident) {
        return input.error(format!(
            "{what} is written as a number, a macro cannot read a constant"
        ));
    }
    input.error(format!(
        "expected a number, {what} is an integer such as `1`"
    ))
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

    fn read(text: &str) -> std::result::Result<u64, String> {
        let parser = |input: ParseStream<'_>| integer(input, "a shard id", u64::MAX);
        parser
            .parse_str(text)
            .map(|(value, _)| value)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_spelling_of_an_integer_is_read() {
        assert_eq!(read("7"), Ok(7));
        assert_eq!(read("1_000"), Ok(1_000));
        assert_eq!(read("0xff"), Ok(255));
        assert_eq!(read("0b11u64"), Ok(3));
        assert_eq!(read("18446744073709551615"), Ok(u64::MAX));
    }

    #[test]
    fn what_is_no_id_says_why() {
        assert_eq!(read("-1").unwrap_err(), "a shard id cannot be negative");
        assert_eq!(read("1.5").unwrap_err(), "a shard id is a whole number");
        assert_eq!(
            read("1i32").unwrap_err(),
            "a shard id is a `u64`: remove the suffix `i32`"
        );
        assert!(
            read("18446744073709551616")
                .unwrap_err()
                .contains("18,446,744,073,709,551,615")
        );
        assert!(
            read("LEADER")
                .unwrap_err()
                .contains("cannot read a constant")
        );
    }

    #[test]
    fn a_fragment_of_macro_rules_is_read() {
        let invisible = Group::new(Delimiter::None, "0xff".parse().unwrap());
        let parser = |input: ParseStream<'_>| integer(input, "a shard id", u64::MAX);
        let (value, _) = parser.parse2(TokenTree::from(invisible).into()).unwrap();
        assert_eq!(value, 255);
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(4_096), "4,096");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
