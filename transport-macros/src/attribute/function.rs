//! The user's function, kept as the tokens that it was written in.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, Result, ReturnType, Safety, Signature, Token, Type, Visibility};

use super::mistakes::Mistakes;
use super::neighbours;

pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: TokenStream,
    /// The signature and the body, word for word.
    pub(crate) written: TokenStream,
}

impl Function {
    pub(crate) fn read(item: TokenStream) -> Result<Self> {
        let parser = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            if !starts_function(input) {
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
        self.signature.ident == "main"
    }

    /// The name by which the test is found: it keeps its `r#`, as it does in `module_path!`.
    pub(crate) fn name(&self) -> String {
        self.signature.ident.to_string()
    }

    pub(crate) fn should_panic(&self) -> bool {
        let mut attributes = self.attributes.iter();
        attributes.any(|attribute| attribute.path().is_ident("should_panic"))
    }

    pub(crate) fn returns_nothing(&self) -> bool {
        match &self.signature.output {
            ReturnType::Default => true,
            ReturnType::Type(_, ty) => is_unit(ty),
        }
    }

    /// Looks for all that keeps the function from being a test, but for the number of its
    /// parameters.
    pub(crate) fn check(&self, mistakes: &mut Mistakes) {
        neighbours::check(&self.attributes, mistakes);
        let signature = &self.signature;
        if signature.asyncness.is_none() {
            mistakes.at(
                signature.fn_token,
                neighbours::why_not_async(&self.attributes),
            );
        }
        if let Safety::Unsafe(word) = &signature.safety {
            mistakes.at(word, "a test is called by safe code: remove `unsafe`");
        }
        for parameter in &signature.inputs {
            check_parameter(parameter, mistakes);
        }
        if let Some(variadic) = &signature.variadic {
            mistakes.at(
                variadic,
                "a test takes a fixed number of shards: remove `...`",
            );
        }
    }

    /// Whether the parameters can be counted.
    pub(crate) fn takes_shards(&self) -> bool {
        let is_plain = |parameter: &FnArg| match parameter {
            FnArg::Receiver(_) => false,
            FnArg::Typed(parameter) => !parameter.attrs.iter().any(is_conditional),
        };
        self.signature.variadic.is_none() && self.signature.inputs.iter().all(is_plain)
    }
}

fn starts_function(input: ParseStream<'_>) -> bool {
    input.peek(Token![fn])
        || input.peek(Token![async])
        || input.peek(Token![unsafe])
        || input.peek(Token![const])
        || input.peek(Token![extern])
}

fn check_parameter(parameter: &FnArg, mistakes: &mut Mistakes) {
    let attributes = match parameter {
        FnArg::Receiver(receiver) => {
            mistakes.at(
                receiver,
                "a test has no `self`: make it a function outside of the `impl`",
            );
            &receiver.attrs
        }
        FnArg::Typed(parameter) => &parameter.attrs,
    };
    for attribute in attributes
        .iter()
        .filter(|attribute| is_conditional(attribute))
    {
        mistakes.at(
            attribute,
            "a parameter that comes and goes would shift the shards of the others: \
             write the function twice and put `#[cfg]` on the functions",
        );
    }
}

fn is_conditional(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

fn is_unit(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => is_unit(&group.elem),
        Type::Paren(paren) => is_unit(&paren.elem),
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}
