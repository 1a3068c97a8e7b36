//! Probabilities and rates: a literal, which is checked here, or an expression such as a constant,
//! which the mesh checks when the test runs.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Expr, ExprUnary, Lit, Result, UnOp};

use super::amount::Amount;
use crate::attribute::base::inner::inner;
use crate::attribute::base::tokens::refuse;

pub(crate) fn probability(input: ParseStream<'_>) -> Result<Amount> {
    const MESSAGE: &str = "a probability is from 0 to 1: write `0.01` for one in a hundred";
    float(input, MESSAGE, |value| (0.0..=1.0).contains(&value))
}

/// In segments a second.
pub(crate) fn rate(input: ParseStream<'_>) -> Result<Amount> {
    const MESSAGE: &str = "a rate is above 0: write `1000` for a thousand segments a second";
    float(input, MESSAGE, |value| value > 0.0 && value.is_finite())
}

fn float(input: ParseStream<'_>, message: &str, fits: fn(f64) -> bool) -> Result<Amount> {
    let written: TokenStream = input.fork().parse()?;
    let Ok(expression) = input.parse::<Box<Expr>>() else {
        return refuse(written, message);
    };
    match inner(&expression) {
        Expr::Lit(literal) => match value(&literal.lit)? {
            Some(value) if fits(value) => Ok(Amount::Number(value)),
            _ => refuse(literal, message),
        },
        Expr::Assign(missing) => refuse(missing.eq_token, "expected `,`"),
        other if is_number(other) => Ok(Amount::Expression(expression)),
        other => refuse(other, message),
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
        return refuse(literal, message);
    }
    Ok(Some(value))
}
