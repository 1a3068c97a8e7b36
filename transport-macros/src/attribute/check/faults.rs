//! The faults that are on every link from the start.

use proc_macro2::Span;
use syn::spanned::Spanned;

use crate::attribute::args::Arg;
use crate::attribute::args::float::Float;
use crate::attribute::args::latency::Latency;

pub(crate) struct Faults {
    pub(crate) latency: Option<Fault<Latency>>,
    pub(crate) loss: Option<Fault<Float>>,
    pub(crate) duplicate: Option<Fault<Float>>,
    pub(crate) reorder: Option<Fault<Float>>,
    pub(crate) rate: Option<Fault<Float>>,
}

pub(crate) struct Fault<T> {
    pub(crate) value: T,
    /// Where the value is written, for what is only found later: a payload that is not `Clone`, a
    /// constant that is no probability.
    pub(crate) place: Span,
}

pub(crate) fn fault<T>(arg: Option<Arg<T>>) -> Option<Fault<T>> {
    let arg = arg?;
    Some(Fault {
        place: arg.written.span(),
        value: arg.value?,
    })
}
