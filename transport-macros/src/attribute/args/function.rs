//! The user's function. Its signature is read; its body stays the tokens that it was written in.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Result, Signature, Token, Visibility, token};

use crate::attribute::base::tokens::{read_all, wrong};

pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: TokenTree,
    /// The signature and the body, word for word.
    pub(crate) written: TokenStream,
}

impl Function {
    pub(crate) fn read(item: TokenStream) -> Result<Self> {
        read_all(item, |input| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            if !is_function(input)? {
                let message = "only a function can be a test: expected `async fn`";
                return wrong(input, message);
            }
            let written = input.fork().parse()?;
            let signature = input.parse()?;
            if !input.peek(token::Brace) {
                return wrong(input, "a test needs a body: write `{ … }`");
            }
            let body = input.parse()?;
            Ok(Self {
                attributes,
                visibility,
                signature,
                body,
                written,
            })
        })
    }
}

/// Whether a `fn` follows the likes of `async` and `extern "C"`.
fn is_function(input: ParseStream<'_>) -> Result<bool> {
    let ahead = input.fork();
    while ahead.peek(Token![const])
        || ahead.peek(Token![async])
        || ahead.peek(Token![unsafe])
        || ahead.peek(Token![extern])
        || ahead.peek(LitStr)
    {
        ahead.parse::<TokenTree>()?;
    }
    Ok(ahead.peek(Token![fn]))
}
