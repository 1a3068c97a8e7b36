//! Turning the network bad from the start.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::values::duration;
use crate::attribute::args::amount::Amount;
use crate::attribute::base::hygiene::hygienic;
use crate::attribute::base::run::Limits;
use crate::attribute::check::faults::Fault;

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
    quote_spanned!(span=> links.#verb(#amount);)
}
