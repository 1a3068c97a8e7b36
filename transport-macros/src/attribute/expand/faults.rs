//! Turning the network bad from the start.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::values::duration;
use crate::attribute::args::float::Float;
use crate::attribute::args::latency::Latency;
use crate::attribute::base::hygiene::{hygienic, hygienic_at};
use crate::attribute::base::run::Limits;
use crate::attribute::check::faults::{Fault, Faults};

// Output:
//     let mesh = &factory.mesh();
//     let links = &mesh.all();
//     links.latency(::core::time::Duration::from_millis(5));
//     links.loss(0.01);
pub(super) fn put(faults: &Faults) -> Option<TokenStream> {
    let verbs = [
        verb("latency", faults.latency.as_ref(), latency),
        verb("loss", faults.loss.as_ref(), float),
        verb("duplicate", faults.duplicate.as_ref(), float),
        verb("reorder", faults.reorder.as_ref(), float),
        verb("rate", faults.rate.as_ref(), float),
    ];
    let mut verbs = verbs.into_iter().flatten().peekable();
    verbs.peek()?;
    // References, for the same reason as the factory.
    Some(hygienic! {
        let mesh = &factory.mesh();
        let links = &mesh.all();
        #(#verbs)*
    })
}

/// The call stands where the value is written, and there rustc underlines what is wrong with it. A
/// call of which only a part stood there would be underlined as the whole attribute.
fn verb<T>(
    name: &str,
    fault: Option<&Fault<T>>,
    tokens: fn(&T) -> TokenStream,
) -> Option<TokenStream> {
    let Fault { value, place } = fault?;
    let span = hygienic_at(*place);
    let (verb, value) = (Ident::new(name, span), tokens(value));
    Some(quote_spanned!(span=> links.#verb(#value);))
}

fn latency(latency: &Latency) -> TokenStream {
    match *latency {
        Latency::Fixed(latency) => duration(latency),
        Latency::Between {
            least,
            most,
            limits,
        } => {
            let (least, most) = (duration(least), duration(most));
            match limits {
                Limits::Closed => hygienic!(#least..=#most),
                Limits::HalfOpen => hygienic!(#least..#most),
            }
        }
    }
}

fn float(float: &Float) -> TokenStream {
    match float {
        Float::Literal(value) => Literal::f64_unsuffixed(*value).into_token_stream(),
        Float::Expression(expression) => expression.to_token_stream(),
    }
}
