//! The attribute, in three steps: the arguments and the function are read, checked, and expanded.
//!
//! `args` holds what was written, `check` makes a plan of it in which nothing contradicts itself, and
//! `expand` writes the plan as a person would have written it by hand. Nothing here needs a compiler
//! around it, so that tests can call it with tokens of their own.

mod args;
mod base;
mod check;
mod expand;

use proc_macro2::TokenStream;

use self::args::Args;
use self::args::function::Function;
use self::base::mistakes::Mistakes;

/// The test, or what was given and a `compile_error!` for each mistake in it.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let args = Args::read(args, &mut mistakes);
    let Some(function) = mistakes.sift(Function::read(item.clone())) else {
        return expand::with_errors(mistakes, item);
    };
    match check::check(args, &function, &mut mistakes) {
        Some(plan) if mistakes.is_empty() => expand::test(&function, &plan),
        _ => expand::with_errors(mistakes, expand::untested(function)),
    }
}
