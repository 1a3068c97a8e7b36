//! Turning the network bad from the start.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::values::duration;
use crate::attribute::args::float::Float;
use crate::attribute::args::latency::Latency;
use crate::attribute::base::hygiene::{hygienic, hygienic_at};
use crate::attribute::base::run::Limits;
use crate::attribute::check::faults::{Fault, Value};

// Output:
//     let mesh = &factory.mesh();
//     let links = &mesh.all();
//     links.latency(::core::time::Duration::from_millis(5));
//     links.loss(0.01);
pub(super) fn put(faults: &[Fault]) -> Option<TokenStream> {
    faults.first()?;
    let calls = faults.iter().map(call);
    // References, for the same reason as the factory.
    Some(hygienic! {
        let mesh = &factory.mesh();
        let links = &mesh.all();
        #(#calls)*
    })
}

/// The call stands where the value is written, and there rustc underlines what is wrong with it. A
/// call of which only a part stood there would be underlined as the whole attribute.
fn call(fault: &Fault) -> TokenStream {
    let span = hygienic_at(fault.place);
    let mut verb = fault.verb.clone();
    verb.set_span(span);
    let value = match &fault.value {
        Value::Latency(Latency::Fixed(latency)) => duration(*latency),
        Value::Latency(Latency::Between(least, most, limits)) => {
            let (least, most) = (duration(*least), duration(*most));
            match limits {
                Limits::Closed => hygienic!(#least..=#most),
                Limits::HalfOpen => hygienic!(#least..#most),
            }
        }
        Value::Float(Float::Literal(value)) => Literal::f64_unsuffixed(*value).into_token_stream(),
        Value::Float(Float::Expression(expression)) => expression.to_token_stream(),
    };
    quote_spanned!(span=> links.#verb(#value);)
}
