//! Probabilities and rates: a literal, which is checked here, or an expression such as a constant,
//! which the mesh checks when the test runs.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, Lit, Result, Token};

use super::tokens::{inner, until};

#[derive(Clone)]
pub(crate) enum Float {
    Literal(f64),
    Expression(TokenStream),
}

impl Float {
    pub(crate) fn probability(input: ParseStream<'_>) -> Result<Self> {
        const MESSAGE: &str = "a probability is from 0 to 1: write `0.01` for one in a hundred";
        Self::read(input, MESSAGE, |value| (0.0..=1.0).contains(&value))
    }

    /// In segments a second.
    pub(crate) fn rate(input: ParseStream<'_>) -> Result<Self> {
        const MESSAGE: &str = "a rate is above 0: write `1000` for a thousand segments a second";
        Self::read(input, MESSAGE, |value| value > 0.0 && value.is_finite())
    }

    fn read(input: ParseStream<'_>, message: &str, fits: fn(f64) -> bool) -> Result<Self> {
        let written = until(input, next_argument)?;
        match syn::parse2(inner(&written)) {
            Ok(literal) => match value(&literal)? {
                Some(value) if fits(value) => Ok(Self::Literal(value)),
                _ => Err(Error::new_spanned(inner(&written), message)),
            },
            Err(_) if is_expression(&written) => Ok(Self::Expression(written)),
            Err(_) => Err(Error::new_spanned(written, message)),
        }
    }
}

/// Whether another argument follows, and only the comma before it is missing.
fn next_argument(input: ParseStream<'_>) -> bool {
    input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==])
}

/// Not so are slips such as `1%` and `.01`; all else is for rustc to say.
fn is_expression(tokens: &TokenStream) -> bool {
    let is_sign = |token: TokenTree| matches!(token, TokenTree::Punct(_));
    let mut tokens = tokens.clone().into_iter();
    let starts = match tokens.next() {
        Some(TokenTree::Punct(sign)) => sign.as_char() != '.',
        first => first.is_some(),
    };
    starts && !tokens.last().is_some_and(is_sign)
}

/// The value of a number, or nothing for any other literal.
fn value(literal: &Lit) -> Result<Option<f64>> {
    let (suffix, value) = match literal {
        Lit::Int(literal) => (literal.suffix(), literal.base10_parse()?),
        Lit::Float(literal) => (literal.suffix(), literal.base10_parse()?),
        _ => return Ok(None),
    };
    if !matches!(suffix, "" | "f64") {
        let message = format!("a number here is an `f64`: remove the suffix `{suffix}`");
        return Err(Error::new_spanned(literal, message));
    }
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Delimiter, Group, TokenTree};
    use quote::quote;
    use syn::parse::Parser;

    use super::*;

    fn value_of(float: Result<Float>) -> f64 {
        match float.unwrap() {
            Float::Literal(value) => value,
            Float::Expression(expression) => panic!("no literal: {}", quote!(#expression)),
        }
    }

    fn probability(text: &str) -> Result<Float> {
        Float::probability.parse_str(text)
    }

    fn rate(text: &str) -> Result<Float> {
        Float::rate.parse_str(text)
    }

    fn message(float: Result<Float>) -> String {
        float.err().expect("it is refused").to_string()
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "nothing is computed")]
    fn every_spelling_of_a_number_is_read() {
        for (text, value) in [
            ("0", 0.0),
            ("1", 1.0),
            ("0.01", 0.01),
            ("1e-2", 0.01),
            ("0.01f64", 0.01),
            ("1f64", 1.0),
            ("(0.5)", 0.5),
        ] {
            assert_eq!(value_of(probability(text)), value, "{text}");
        }
        assert_eq!(value_of(rate("1_000")), 1_000.0);
        assert_eq!(value_of(rate("0.5")), 0.5);
    }

    #[test]
    fn what_is_no_probability_says_what_one_is() {
        for text in [
            "1.01", "5", "-0.1", "-1", "(-1)", "1%", "0.5%", ".01", "\"0.01\"", "true", "1e999",
        ] {
            let message = message(probability(text));
            assert!(
                message.contains("from 0 to 1: write `0.01`"),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn what_is_no_rate_says_what_one_is() {
        for text in ["0", "0.0", "-5", "\"1000\"", "1e999"] {
            let message = message(rate(text));
            assert!(
                message.contains("above 0: write `1000`"),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn a_suffix_is_told_apart() {
        for (text, suffix) in [("1u8", "`u8`"), ("0.1f32", "`f32`"), ("1ms", "`ms`")] {
            let message = message(probability(text));
            assert!(message.contains(suffix), "{text}: {message}");
        }
    }

    #[test]
    fn an_expression_is_left_as_it_is() {
        for text in ["LOSS", "config :: LOSS", "1.0 / 3.0", "- LOSS", "loss ()"] {
            match probability(text).unwrap() {
                Float::Expression(expression) => {
                    assert_eq!(quote!(#expression).to_string(), text);
                }
                Float::Literal(value) => panic!("{text} was read as the literal {value}"),
            }
        }
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "nothing is computed")]
    fn a_fragment_of_macro_rules_is_read() {
        let fragment = |text: &str| {
            let invisible = Group::new(Delimiter::None, text.parse().unwrap());
            Float::probability.parse2(TokenTree::from(invisible).into())
        };
        assert_eq!(value_of(fragment("0.01")), 0.01);
        assert!(message(fragment("-1")).contains("from 0 to 1"));
        assert!(matches!(fragment("LOSS"), Ok(Float::Expression(_))));
    }
}
