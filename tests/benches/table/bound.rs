use std::fmt;

use super::Figure;

/// What a row is to reach.
#[allow(dead_code, reason = "not every bench has bounds of every kind")]
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    /// Nothing: the row is there to be seen.
    None,
    /// A ratio of at least this.
    AtLeast(f64),
    /// A ratio of at most this.
    AtMost(f64),
    /// A figure of at most this.
    Limit(Figure),
}

impl Bound {
    pub(super) fn verdict(&self, ratio: Option<f64>, figure: Option<&Figure>) -> &'static str {
        let met = match self {
            Self::None => return "",
            Self::AtLeast(least) => ratio.is_some_and(|ratio| ratio >= *least),
            Self::AtMost(most) => ratio.is_some_and(|ratio| ratio <= *most),
            Self::Limit(limit) => figure.is_some_and(|figure| figure.value <= limit.value),
        };
        if met { "ok" } else { "MISSED" }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::AtLeast(least) => f.pad(&format!(">= {least}")),
            Self::AtMost(most) => f.pad(&format!("<= {most}")),
            Self::Limit(limit) => f.pad(&format!("<= {limit}")),
        }
    }
}
