//! Paths without generics, such as `tokio::test`.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Result, Token};

pub(crate) struct Path {
    leading: Option<Token![::]>,
    /// Never empty.
    words: Punctuated<Ident, Token![::]>,
}

impl Path {
    pub(crate) fn is(&self, word: &str) -> bool {
        self.leading.is_none() && self.words.len() == 1 && self.words[0] == word
    }

    pub(crate) fn words(&self) -> impl Iterator<Item = &Ident> {
        self.words.iter()
    }

    pub(crate) fn first(&self) -> &Ident {
        &self.words[0]
    }

    pub(crate) fn last(&self) -> &Ident {
        &self.words[self.words.len() - 1]
    }
}

impl Parse for Path {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ok(Self {
            leading: input.parse()?,
            words: Punctuated::parse_separated_nonempty_with(input, Ident::parse_any)?,
        })
    }
}

impl ToTokens for Path {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.leading.to_tokens(tokens);
        self.words.to_tokens(tokens);
    }
}
