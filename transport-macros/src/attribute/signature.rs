//! The signature of the user's function, of which only what matters to a mesh is told apart.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{LitStr, Result, Token, parenthesized, token};

use super::outer::Attribute;
use super::tokens::{inner, sole_group, until};

pub(crate) struct Signature {
    /// `const`, `async`, `unsafe`, `extern "C"`
    qualifiers: Vec<TokenTree>,
    pub(crate) fn_token: Token![fn],
    pub(crate) name: Ident,
    generics: TokenStream,
    pub(crate) parentheses: token::Paren,
    pub(crate) parameters: Punctuated<Written, Token![,]>,
    arrow: Option<Token![->]>,
    output: TokenStream,
    bounds: TokenStream,
}

/// A parameter as it is written.
pub(crate) struct Written {
    pub(crate) attributes: Vec<Attribute>,
    /// `name`, or some form of `self`, or `...`
    pattern: TokenStream,
    colon: Option<Token![:]>,
    pub(crate) ty: TokenStream,
}

impl Signature {
    /// Whether a function begins here.
    pub(crate) fn peek(input: ParseStream<'_>) -> bool {
        input.peek(Token![fn]) || peek_qualifier(input)
    }

    pub(crate) fn qualifier(&self, word: &str) -> Option<&TokenTree> {
        let is_word =
            |token: &&TokenTree| matches!(token, TokenTree::Ident(ident) if ident == word);
        self.qualifiers.iter().find(is_word)
    }

    /// The type of what it returns, if that is something.
    pub(crate) fn returns(&self) -> Option<TokenStream> {
        let unit = |ty: &TokenStream| sole_group(ty).is_some_and(|group| group.stream().is_empty());
        self.arrow.as_ref()?;
        Some(inner(&self.output)).filter(|ty| !unit(ty))
    }
}

fn peek_qualifier(input: ParseStream<'_>) -> bool {
    input.peek(Token![async])
        || input.peek(Token![unsafe])
        || input.peek(Token![const])
        || input.peek(Token![extern])
}

impl Parse for Signature {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut qualifiers = Vec::new();
        while peek_qualifier(input) {
            qualifiers.push(input.call(Ident::parse_any)?.into());
            if let Some(abi) = input.parse::<Option<LitStr>>()? {
                qualifiers.push(abi.token().into());
            }
        }
        let content;
        Ok(Self {
            qualifiers,
            fn_token: input.parse()?,
            name: input.parse()?,
            generics: until(input, |input| input.peek(token::Paren))?,
            parentheses: parenthesized!(content in input),
            parameters: Punctuated::parse_terminated(&content)?,
            arrow: input.parse()?,
            output: until(input, |input| input.peek(Token![where]) || peek_body(input))?,
            bounds: until(input, peek_body)?,
        })
    }
}

fn peek_body(input: ParseStream<'_>) -> bool {
    input.peek(token::Brace) || input.peek(Token![;])
}

impl ToTokens for Signature {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            qualifiers,
            fn_token,
            name,
            generics,
            parentheses,
            parameters,
            arrow,
            output,
            bounds,
        } = self;
        tokens.extend(quote!(#(#qualifiers)* #fn_token #name #generics));
        parentheses.surround(tokens, |tokens| parameters.to_tokens(tokens));
        tokens.extend(quote!(#arrow #output #bounds));
    }
}

impl Written {
    pub(crate) fn is_self(&self) -> bool {
        let last = self.pattern.clone().into_iter().last();
        matches!(last, Some(TokenTree::Ident(word)) if word == "self")
    }

    /// Whether it stands for any number of parameters: `...`
    pub(crate) fn is_variadic(&self) -> bool {
        let dots = |tokens: &TokenStream| {
            let first = tokens.clone().into_iter().next();
            matches!(first, Some(TokenTree::Punct(sign)) if sign.as_char() == '.')
        };
        dots(&self.pattern) || dots(&self.ty)
    }
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ok(Self {
            attributes: Attribute::several(input)?,
            pattern: until(input, |input| {
                !input.peek(Token![::]) && (input.peek(Token![:]) || input.peek(Token![,]))
            })?,
            colon: input.parse()?,
            ty: until(input, |input| input.peek(Token![,]))?,
        })
    }
}

impl ToTokens for Written {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attributes,
            pattern,
            colon,
            ty,
        } = self;
        tokens.extend(quote!(#(#attributes)* #pattern #colon #ty));
    }
}
