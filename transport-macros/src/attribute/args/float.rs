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
