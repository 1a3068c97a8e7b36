//! Probabilities and rates: a literal, which is checked here, or an expression such as a constant,
//! which the mesh checks when the test runs.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Error, Expr, ExprUnary, Lit, Result, UnOp};

use crate::attribute::base::inner::inner;

pub(crate) enum Float {
    Literal(f64),
    Expression(Box<Expr>),
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
        let written: TokenStream = input.fork().parse()?;
        let Ok(expression) = input.parse::<Box<Expr>>() else {
            return Err(Error::new_spanned(written, message));
        };
        match inner(&expression) {
            Expr::Lit(literal) => match value(&literal.lit)? {
                Some(value) if fits(value) => Ok(Self::Literal(value)),
                _ => Err(Error::new_spanned(literal, message)),
            },
            Expr::Assign(missing) => Err(Error::new_spanned(missing.eq_token, "expected `,`")),
            other if is_number(other) => Ok(Self::Expression(expression)),
            other => Err(Error::new_spanned(other, message)),
        }
    }
}

/// Whether an expression may turn out to be a number in range. Which type it has is rustc's to say.
fn is_number(expression: &Expr) -> bool {
    match expression {
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => !matches!(inner(expr), Expr::Lit(_)),
        Expr::Infer(_) | Expr::Let(_) | Expr::Range(_) | Expr::Verbatim(_) => false,
        _ => true,
    }
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

    const NO_PROBABILITY: &str = "from 0 to 1: write `0.01`";

    #[track_caller]
    fn message(float: Result<Float>) -> String {
        float.err().expect("it is refused").to_string()
    }

    fn fragment(text: &str) -> Result<Float> {
        let invisible = Group::new(Delimiter::None, text.parse().unwrap());
        Float::probability.parse2(TokenTree::from(invisible).into())
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "nothing is computed")]
    fn every_spelling_of_a_number_is_read() {
        for (text, expected) in [
            ("0", 0.0),
            ("1", 1.0),
            ("1e-2", 0.01),
            ("0.01f64", 0.01),
            ("1f64", 1.0),
            ("(0.5)", 0.5),
        ] {
            for float in [Float::probability.parse_str(text), fragment(text)] {
                assert!(
                    matches!(float, Ok(Float::Literal(it)) if it == expected),
                    "{text}"
                );
            }
        }
        assert!(matches!(Float::rate.parse_str("1_000"), Ok(Float::Literal(it)) if it == 1_000.0));
    }

    #[test]
    fn what_is_no_probability_says_what_one_is() {
        for text in [
            "1.01",
            "5",
            "-0.1",
            "(-1)",
            "1%",
            ".01",
            "\"0.01\"",
            "true",
            "1e999",
            ";0.5",
            "= 0.5",
            "struct",
            "_",
            "0.1..0.2",
            "let a = 0.5",
            "",
        ] {
            let message = message(Float::probability.parse_str(text));
            assert!(message.contains(NO_PROBABILITY), "{text}: {message}");
        }
        assert!(message(fragment("-1")).contains(NO_PROBABILITY));
    }

    #[test]
    fn what_is_no_rate_says_what_one_is() {
        for text in ["0", "0.0", "-5", "\"1000\"", "1e999"] {
            let message = message(Float::rate.parse_str(text));
            assert!(
                message.contains("above 0: write `1000`"),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn a_suffix_is_told_apart() {
        for (text, suffix) in [("1u8", "`u8`"), ("0.1f32", "`f32`"), ("1ms", "`ms`")] {
            let message = message(Float::probability.parse_str(text));
            assert!(message.contains(suffix), "{text}: {message}");
        }
    }

    #[test]
    fn an_expression_is_left_as_it_is() {
        for text in [
            "LOSS",
            "config :: LOSS",
            "1.0 / 3.0",
            "- LOSS",
            "f :: < u8 , u8 > ()",
        ] {
            match Float::probability.parse_str(text).unwrap() {
                Float::Expression(expression) => assert_eq!(quote!(#expression).to_string(), text),
                Float::Literal(value) => panic!("{text} was read as the literal {value}"),
            }
            assert!(matches!(fragment(text), Ok(Float::Expression(_))), "{text}");
        }
    }
}
