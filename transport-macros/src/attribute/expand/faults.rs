//! Turning the network bad from the start.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::chaos::switch_on;
use super::values::duration;
use crate::attribute::args::amount::Amount;
use crate::attribute::base::hygiene::hygienic;
use crate::attribute::base::run::Limits;
use crate::attribute::check::chaos::Chaos;
use crate::attribute::check::faults::Fault;

// Output:
//     let mesh = &factory.mesh();
//     let links = &mesh.all();
//     links.latency(::core::time::Duration::from_millis(5));
//     links.loss(0.01);
//     mesh.chaos().all_kinds();
//     mesh.jostle(0.1);
pub(super) fn put(
    krate: &TokenStream,
    faults: &[Fault],
    (chaos, jostle): (Option<&Chaos>, Option<&Fault>),
) -> Option<TokenStream> {
    if faults.is_empty() && chaos.is_none() && jostle.is_none() {
        return None;
    }
    // References, for the same reason as the factory.
    let links = (!faults.is_empty()).then(|| hygienic!(let links = &mesh.all();));
    let calls = faults.iter().map(|it| call(&hygienic!(links), it));
    let jostle = jostle.map(|it| call(&hygienic!(mesh), it));
    let chaos = chaos.map(|it| switch_on(krate, it));
    Some(hygienic! {
        let mesh = &factory.mesh();
        #links
        #(#calls)*
        #chaos
        #jostle
    })
}

/// The call stands where the value is written, and there rustc underlines what is wrong with it. A
/// call of which only a part stood there would be underlined as the whole attribute.
fn call(of: &TokenStream, fault: &Fault) -> TokenStream {
    let span = fault.place;
    let mut verb = fault.verb.clone();
    verb.set_span(span);
    let amount = match &fault.amount {
        Amount::Time(time) => duration(*time),
        Amount::Times(least, most, limits) => {
            let (least, most) = (duration(*least), duration(*most));
            match limits {
                Limits::Closed => hygienic!(#least..=#most),
                Limits::HalfOpen => hygienic!(#least..#most),
            }
        }
        Amount::Number(number) => Literal::f64_unsuffixed(*number).into_token_stream(),
        Amount::Expression(expression) => expression.to_token_stream(),
    };
    quote_spanned!(span=> #of.#verb(#amount);)
}
