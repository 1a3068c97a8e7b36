//! Numbers, durations and ids as a person writes them.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, TokenStreamExt};

use crate::attribute::base::hygiene::hygienic;
use crate::attribute::base::run::{Limits, Run};

/// Without `u64` behind it.
pub(super) fn number(value: u64) -> Literal {
    Literal::u64_unsuffixed(value)
}

pub(super) fn duration(duration: Duration) -> TokenStream {
    if duration.is_zero() {
        return hygienic!(::core::time::Duration::ZERO);
    }
    if duration.subsec_millis() == 0 {
        let seconds = number(duration.as_secs());
        return hygienic!(::core::time::Duration::from_secs(#seconds));
    }
    let milliseconds = Literal::u128_unsuffixed(duration.as_millis());
    hygienic!(::core::time::Duration::from_millis(#milliseconds))
}

/// `[0, 1]`, `1..=5` or `1..6`.
impl ToTokens for Run {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(match self {
            Self::Listed(ids) => {
                let ids = ids.iter().copied().map(number);
                hygienic!([#(#ids),*])
            }
            Self::Range {
                first,
                last,
                limits,
            } => {
                let first = number(*first);
                match limits {
                    Limits::Closed => {
                        let last = number(*last);
                        hygienic!(#first..=#last)
                    }
                    Limits::HalfOpen => {
                        let end = number(last + 1);
                        hygienic!(#first..#end)
                    }
                }
            }
        });
    }
}

/// The ids of all runs, to be iterated over: `1..=5`, or `(0..3).chain([7, 9])`.
pub(super) fn chain(runs: &[Run]) -> TokenStream {
    match runs {
        [run] => run.to_token_stream(),
        runs => iterator(runs),
    }
}

/// The same as [`chain`], to be followed by a method of `Iterator`: `(1..=5)`.
pub(super) fn iterator(runs: &[Run]) -> TokenStream {
    let (first, rest) = runs.split_first().expect("a mesh is never empty");
    let first = match first {
        Run::Listed(_) => hygienic!(#first.into_iter()),
        Run::Range { .. } => hygienic!((#first)),
    };
    hygienic!(#first #(.chain(#rest))*)
}
