//! What keeps the function from being a test, but for what its parameters take.

use syn::{Attribute, FnArg, PatType, Safety, Signature};

use super::neighbours;
use crate::attribute::args::function::Function;
use crate::attribute::base::mistakes::Mistakes;

/// Whether the parameters can be counted.
pub(crate) fn check(function: &Function, mistakes: &mut Mistakes) -> bool {
    let signature = &function.signature;
    neighbours::check(&function.attributes, mistakes);
    if signature.asyncness.is_none() {
        let message = neighbours::why_not_async(&function.attributes);
        mistakes.at(signature.fn_token, message);
    }
    if let Safety::Unsafe(word) = &signature.safety {
        mistakes.at(word, "a test is called by safe code: remove `unsafe`");
    }
    let mut uncountable = Mistakes::default();
    if let Some(receiver) = signature.receiver() {
        let message = "a test has no `self`: make it a function outside of the `impl`";
        uncountable.at(receiver, message);
    }
    if let Some(variadic) = &signature.variadic {
        let message = "a test takes a fixed number of shards: remove `...`";
        uncountable.at(variadic, message);
    }
    for attribute in conditions(signature) {
        let message = "a parameter that comes and goes would shift the shards of the others: \
             write the function twice and put `#[cfg]` on the functions";
        uncountable.at(attribute, message);
    }
    let errors = uncountable.into_error();
    errors.map(|error| mistakes.add(error)).is_none()
}

/// The attributes that make a parameter come and go.
fn conditions(signature: &Signature) -> impl Iterator<Item = &Attribute> {
    let attributes = signature.inputs.iter().flat_map(|input| match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(PatType { attrs, .. }) => attrs,
    });
    attributes.filter(|it| it.path().is_ident("cfg") || it.path().is_ident("cfg_attr"))
}
