//! The faults that are on every link from the start.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;

use crate::attribute::args::Arg;
use crate::attribute::args::amount::Amount;
use crate::attribute::base::hygiene::hygienic_at;

/// A verb of the mesh, and what it is called with.
pub(crate) struct Fault {
    pub(crate) verb: Ident,
    pub(crate) amount: Amount,
    /// Where the amount is written, for what is only found later: a payload that is not `Clone`, a
    /// constant that is no probability.
    pub(crate) place: Span,
}

pub(crate) fn faults(given: [Option<Arg<Amount>>; 5]) -> Vec<Fault> {
    given.into_iter().filter_map(fault).collect()
}

pub(crate) fn fault(given: Option<Arg<Amount>>) -> Option<Fault> {
    let arg = given?;
    Some(Fault {
        place: hygienic_at(arg.written.span()),
        amount: arg.value?,
        // An argument has the name of its verb.
        verb: arg.name,
    })
}
