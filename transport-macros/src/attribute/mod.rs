//! The attribute: its arguments and the function are read, checked, and expanded.
//!
//! `args` and `function` hold what was written, `check` makes a plan of it in which nothing
//! contradicts itself, and `expand` writes the plan as a person would have written it by hand.
//! Nothing here needs a compiler around it, so that tests can call it with tokens of their own.

mod args;
mod check;
mod duration;
mod expand;
mod faults;
mod float;
mod function;
mod hygiene;
mod ids;
mod integer;
mod latency;
mod links;
mod list;
mod mistakes;
mod neighbours;
mod outer;
mod parameters;
mod path;
mod run;
mod runtime;
mod seeds;
mod shards;
mod signature;
mod similar;
mod tokens;
mod topology;
mod types;

use proc_macro2::TokenStream;

use self::args::Args;
use self::function::Function;
use self::mistakes::Mistakes;

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
