//! The faults that are on every link from the start.

use proc_macro2::Span;
use syn::spanned::Spanned;

use super::args::{Arg, Args};
use super::float::Float;
use super::latency::Latency;

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

impl Faults {
    pub(crate) fn of(args: &Args) -> Self {
        Self {
            latency: Fault::of(args.latency.as_ref()),
            loss: Fault::of(args.loss.as_ref()),
            duplicate: Fault::of(args.duplicate.as_ref()),
            reorder: Fault::of(args.reorder.as_ref()),
            rate: Fault::of(args.rate.as_ref()),
        }
    }
}

impl<T: Clone> Fault<T> {
    fn of(arg: Option<&Arg<T>>) -> Option<Self> {
        let arg = arg?;
        Some(Self {
            value: arg.value.clone()?,
            place: arg.written.span(),
        })
    }
}
