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
                return Err(wrong(
                    input,
                    "only a function can be a test: expected `async fn`",
                ));
            }
            let written = input.fork().parse()?;
            let signature = input.parse()?;
            if !input.peek(token::Brace) {
                return Err(wrong(input, "a test needs a body: write `{ … }`"));
            }
            let body = input.parse()?;
            if !input.is_empty() {
                return Err(wrong(
                    input,
                    "a test is one function: remove what follows it",
                ));
            }
            Ok(Self {
                attributes,
                visibility,
                signature,
                body,
                written,
            })
        })
    }

    pub(crate) fn is_main(&self) -> bool {
        self.signature.ident == "main"
    }
}

/// Whether a `fn` follows the likes of `async` and `extern "C"`.
fn is_function(input: ParseStream<'_>) -> Result<bool> {
    let ahead = input.fork();
    while ahead.parse::<Option<Token![const]>>()?.is_some()
        || ahead.parse::<Option<Token![async]>>()?.is_some()
        || ahead.parse::<Option<Token![unsafe]>>()?.is_some()
        || ahead.parse::<Option<Token![extern]>>()?.is_some()
        || ahead.parse::<Option<LitStr>>()?.is_some()
    {}
    Ok(ahead.peek(Token![fn]))
}
