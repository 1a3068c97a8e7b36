//! Values in quotes.

use syn::parse::ParseStream;
use syn::{Error, LitStr, Result};

use crate::attribute::base::tokens::wrong;

/// A text; `expected` is what an error says of anything else.
pub(crate) fn quoted(input: ParseStream<'_>, expected: &str) -> Result<LitStr> {
    if !input.peek(LitStr) {
        return Err(wrong(input, expected));
    }
    let literal: LitStr = input.parse()?;
    match literal.suffix() {
        "" => Ok(literal),
        suffix => {
            let message = format!("a text has no suffix: remove `{suffix}`");
            Err(Error::new_spanned(&literal, message))
        }
    }
}
