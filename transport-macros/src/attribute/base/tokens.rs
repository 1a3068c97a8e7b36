//! Reading tokens to their end, in a way that an error always has a place.

use std::fmt::Display;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Error, Result, parenthesized};

/// Reads all of `tokens`. To syn, what is missing at the end is missing from the whole attribute; with
/// parentheses around the tokens, it is missing at the last of them.
pub(crate) fn read_all<T>(
    tokens: TokenStream,
    read: impl FnOnce(ParseStream<'_>) -> Result<T>,
) -> Result<T> {
    let last = tokens.clone().into_iter().last();
    let mut enclosed = Group::new(Delimiter::Parenthesis, tokens);
    enclosed.set_span(last.map_or_else(Span::call_site, |last| last.span()));
    let parser = |input: ParseStream<'_>| {
        let content;
        parenthesized!(content in input);
        read(&content)
    };
    parser.parse2(TokenTree::from(enclosed).into())
}

/// Whether all was read that stands between two commas.
pub(crate) fn ended(input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    Err(wrong(input, "expected `,`"))
}

/// The error for what stands next, or for the end.
pub(crate) fn wrong(input: ParseStream<'_>, message: impl Display) -> Error {
    // `ParseBuffer::error` would begin some of them with words of its own.
    Error::new(input.span(), message)
}
