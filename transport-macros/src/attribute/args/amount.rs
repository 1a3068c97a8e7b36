//! How much of a fault there is.

use std::time::Duration;

use syn::Expr;

use crate::attribute::base::run::Limits;

pub(crate) enum Amount {
    /// Never zero.
    Time(Duration),
    /// From the least to the most. Never empty, and never zero alone.
    Times(Duration, Duration, Limits),
    Number(f64),
    /// The mesh checks what it turns out to be when the test runs.
    Expression(Box<Expr>),
}
