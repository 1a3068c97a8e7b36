//! Values in quotes.

use syn::parse::ParseStream;
use syn::{Error, LitStr, Result};

/// A text; `expected` is what an error says of anything else.
pub(crate) fn quoted(input: ParseStream<'_>, expected: &str) -> Result<LitStr> {
    let Ok(literal) = input.parse::<LitStr>() else {
        return Err(input.error(expected));
    };
    match literal.suffix() {
        "" => Ok(literal),
        suffix => {
            let message = format!("a text has no suffix: remove `{suffix}`");
            Err(Error::new_spanned(&literal, message))
        }
    }
}
