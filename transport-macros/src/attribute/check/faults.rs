//! The faults that are on every link from the start.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;

use crate::attribute::args::Args;
use crate::attribute::args::amount::Amount;

/// A verb of the mesh, and what it is called with.
pub(crate) struct Fault {
    pub(crate) verb: Ident,
    pub(crate) amount: Amount,
    /// Where the amount is written, for what is only found later: a payload that is not `Clone`, a
    /// constant that is no probability.
    pub(crate) place: Span,
}

pub(crate) fn faults(args: &mut Args) -> Vec<Fault> {
    let Args {
        latency,
        loss,
        duplicate,
        reorder,
        rate,
        ..
    } = args;
    let given = [latency, loss, duplicate, reorder, rate]
        .into_iter()
        .filter_map(Option::take);
    let faults = given.filter_map(|arg| {
        Some(Fault {
            place: arg.written.span(),
            amount: arg.value?,
            // An argument has the name of its verb.
            verb: arg.name,
        })
    });
    faults.collect()
}
