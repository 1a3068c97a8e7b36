//! The user's function, kept as the tokens that it was written in.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Result, Token, token};

use super::mistakes::Mistakes;
use super::neighbours;
use super::outer::Attribute;
use super::signature::{Signature, Written};

pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: TokenStream,
    pub(crate) signature: Signature,
    pub(crate) body: TokenStream,
    /// The signature and the body, word for word.
    pub(crate) written: TokenStream,
}

impl Function {
    pub(crate) fn read(item: TokenStream) -> Result<Self> {
        let parser = |input: ParseStream<'_>| {
            let attributes = Attribute::several(input)?;
            let visibility = visibility(input)?;
            if !Signature::peek(input) {
                return Err(input.error("only a function can be a test: expected `async fn`"));
            }
            let written = input.fork().parse()?;
            let signature = input.parse()?;
            let body = input.parse()?;
            Ok(Self {
                attributes,
                visibility,
                signature,
                body,
                written,
            })
        };
        parser.parse2(item)
    }

    pub(crate) fn is_main(&self) -> bool {
        self.signature.name == "main"
    }

    /// The name by which the test is found: it keeps its `r#`, as it does in `module_path!`.
    pub(crate) fn name(&self) -> String {
        self.signature.name.to_string()
    }

    pub(crate) fn should_panic(&self) -> bool {
        let mut attributes = self.attributes.iter();
        attributes.any(|attribute| attribute.path.is("should_panic"))
    }

    /// Looks for all that keeps the function from being a test, but for the number of its
    /// parameters.
    pub(crate) fn check(&self, mistakes: &mut Mistakes) {
        neighbours::check(&self.attributes, mistakes);
        let signature = &self.signature;
        if signature.qualifier("async").is_none() {
            let place = &signature.fn_token;
            mistakes.at(place, neighbours::why_not_async(&self.attributes));
        }
        if let Some(word) = signature.qualifier("unsafe") {
            mistakes.at(word, "a test is called by safe code: remove `unsafe`");
        }
        for parameter in &signature.parameters {
            check_parameter(parameter, mistakes);
        }
    }

    /// Whether the parameters can be counted.
    pub(crate) fn takes_shards(&self) -> bool {
        self.signature.parameters.iter().all(|parameter| {
            let conditional = parameter.attributes.iter().any(is_conditional);
            !conditional && !parameter.is_self() && !parameter.is_variadic()
        })
    }
}

/// `pub`, `pub(crate)`, or nothing.
fn visibility(input: ParseStream<'_>) -> Result<TokenStream> {
    // A `$vis` that matched nothing leaves an invisible group of nothing.
    input.step(|cursor| match cursor.group(Delimiter::None) {
        Some((inside, _, rest)) if inside.eof() => Ok(((), rest)),
        _ => Ok(((), *cursor)),
    })?;
    let word: Option<Token![pub]> = input.parse()?;
    let place: Option<Group> = match word {
        Some(_) if input.peek(token::Paren) => Some(input.parse()?),
        _ => None,
    };
    Ok(quote!(#word #place))
}

fn check_parameter(parameter: &Written, mistakes: &mut Mistakes) {
    if parameter.is_self() {
        mistakes.at(
            parameter,
            "a test has no `self`: make it a function outside of the `impl`",
        );
    }
    if parameter.is_variadic() {
        mistakes.at(
            parameter,
            "a test takes a fixed number of shards: remove `...`",
        );
    }
    for attribute in &parameter.attributes {
        if is_conditional(attribute) {
            mistakes.at(
                attribute,
                "a parameter that comes and goes would shift the shards of the others: \
                 write the function twice and put `#[cfg]` on the functions",
            );
        }
    }
}

fn is_conditional(attribute: &Attribute) -> bool {
    attribute.path.is("cfg") || attribute.path.is("cfg_attr")
}
