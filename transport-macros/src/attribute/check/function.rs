//! What keeps the function from being a test, but for what its parameters take.

use syn::{Attribute, FnArg, PatType, Safety, Signature};

use super::neighbours;
use crate::attribute::args::function::Function;
use crate::attribute::base::mistakes::Mistakes;

pub(crate) fn check(function: &Function, mistakes: &mut Mistakes) {
    let signature = &function.signature;
    neighbours::check(&function.attributes, mistakes);
    if signature.asyncness.is_none() {
        let message = neighbours::why_not_async(&function.attributes);
        mistakes.at(signature.fn_token, message);
    }
    if let Safety::Unsafe(word) = &signature.safety {
        mistakes.at(word, "a test is called by safe code: remove `unsafe`");
    }
    if let Some(receiver) = signature.receiver() {
        let message = "a test has no `self`: make it a function outside of the `impl`";
        mistakes.at(receiver, message);
    }
    if let Some(variadic) = &signature.variadic {
        let message = "a test takes a fixed number of shards: remove `...`";
        mistakes.at(variadic, message);
    }
    for attribute in conditions(signature) {
        mistakes.at(
            attribute,
            "a parameter that comes and goes would shift the shards of the others: \
             write the function twice and put `#[cfg]` on the functions",
        );
    }
}

/// Whether the parameters can be counted.
pub(crate) fn takes_shards(signature: &Signature) -> bool {
    signature.receiver().is_none()
        && signature.variadic.is_none()
        && conditions(signature).next().is_none()
}

/// The attributes that make a parameter come and go.
fn conditions(signature: &Signature) -> impl Iterator<Item = &Attribute> {
    let attributes = signature.inputs.iter().flat_map(|input| match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(PatType { attrs, .. }) => attrs,
    });
    attributes.filter(|it| it.path().is_ident("cfg") || it.path().is_ident("cfg_attr"))
}
