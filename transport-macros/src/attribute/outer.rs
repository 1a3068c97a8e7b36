//! Attributes of the user's on the function or on a parameter, such as `#[ignore]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Result, Token, bracketed, token};

use super::path::Path;

pub(crate) struct Attribute {
    pound: Token![#],
    brackets: token::Bracket,
    pub(crate) path: Path,
    /// What follows the path.
    arguments: TokenStream,
}

impl Attribute {
    /// All that stand here.
    pub(crate) fn several(input: ParseStream<'_>) -> Result<Vec<Self>> {
        let mut attributes = Vec::new();
        while input.peek(Token![#]) {
            let content;
            attributes.push(Self {
                pound: input.parse()?,
                brackets: bracketed!(content in input),
                path: content.parse()?,
                arguments: content.parse()?,
            });
        }
        Ok(attributes)
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.pound.to_tokens(tokens);
        self.brackets.surround(tokens, |tokens| {
            self.path.to_tokens(tokens);
            self.arguments.to_tokens(tokens);
        });
    }
}
