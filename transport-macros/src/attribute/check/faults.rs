//! The faults that are on every link from the start.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;

use crate::attribute::args::float::Float;
use crate::attribute::args::latency::Latency;
use crate::attribute::args::{Arg, Args};

/// A verb of the mesh, and what it is called with.
pub(crate) struct Fault {
    pub(crate) verb: Ident,
    pub(crate) value: Value,
    /// Where the value is written, for what is only found later: a payload that is not `Clone`, a
    /// constant that is no probability.
    pub(crate) place: Span,
}

pub(crate) enum Value {
    Latency(Latency),
    Float(Float),
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
    let latency = fault(latency, Value::Latency);
    let others = [loss, duplicate, reorder, rate].map(|arg| fault(arg, Value::Float));
    latency
        .into_iter()
        .chain(others.into_iter().flatten())
        .collect()
}

/// An argument has the name of its verb.
fn fault<T>(arg: &mut Option<Arg<T>>, value: fn(T) -> Value) -> Option<Fault> {
    let arg = arg.take()?;
    Some(Fault {
        place: arg.written.span(),
        verb: arg.name,
        value: value(arg.value?),
    })
}
