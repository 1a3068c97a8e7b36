//! The kinds of chaos: `chaos = [partition, crash]`.

use proc_macro2::{Ident, TokenStream};
use syn::Result;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::token::Bracket;

use super::list::list;
use super::similar::{one_of, unknown};
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::tokens::{refuse, wrong};

const NAMES: [&str; 8] = [
    "partition",
    "one_way",
    "slow",
    "stall",
    "lossy",
    "pause",
    "crash",
    "clock",
];

/// The names as they are written: one at least, and none twice.
pub(crate) fn kinds(input: ParseStream<'_>) -> Result<Vec<Ident>> {
    let written: TokenStream = input.fork().parse()?;
    if !input.peek(Bracket) {
        let message =
            "expected a list of kinds: write `[partition, crash]`, or `chaos` alone for all";
        return refuse(written, message);
    }
    let kinds = list(input, kind)?;
    if kinds.is_empty() {
        let message = "chaos of no kind: name some, or write `chaos` alone for all";
        return refuse(written, message);
    }
    let mut mistakes = Mistakes::default();
    for (index, kind) in kinds.iter().enumerate() {
        if kinds[..index].contains(kind) {
            mistakes.at(kind, format!("`{kind}` is named twice: remove one"));
        }
    }
    mistakes.into_error().map_or(Ok(kinds), Err)
}

fn kind(input: ParseStream<'_>) -> Result<Ident> {
    let Ok(name) = input.call(Ident::parse_any) else {
        return wrong(input, one_of(&NAMES));
    };
    if NAMES.contains(&&*name.to_string()) {
        Ok(name)
    } else {
        Err(unknown("kind of chaos", &name, &NAMES))
    }
}
