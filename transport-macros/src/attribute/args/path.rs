//! Where the runtime crate is: `crate = path`.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Error, LitStr, Path, Result};

/// A path without generics.
pub(crate) fn path(input: ParseStream<'_>) -> Result<Path> {
    let written: TokenStream = input.fork().parse()?;
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        let path = literal.value();
        let message = format!("expected a path: write `{path}` without the quotes");
        return Err(Error::new_spanned(literal, message));
    }
    input
        .call(Path::parse_mod_style)
        .map_err(|_| Error::new_spanned(written, "expected a path, such as `path::to::shard_mesh`"))
}
