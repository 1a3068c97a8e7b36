//! Values in quotes.

use syn::parse::ParseStream;
use syn::{LitStr, Result};

use crate::attribute::base::tokens::{refuse, wrong};

/// Reads a text; `expected` is what an error says of anything else.
pub(crate) fn quoted<T>(
    input: ParseStream<'_>,
    expected: &str,
    read: fn(&str) -> std::result::Result<T, String>,
) -> Result<T> {
    if !input.peek(LitStr) {
        return wrong(input, expected);
    }
    let literal: LitStr = input.parse()?;
    let value = match literal.suffix() {
        "" => read(&literal.value()),
        suffix => Err(format!("a text has no suffix: remove `{suffix}`")),
    };
    value.or_else(|message| refuse(literal, message))
}
