//! Links written by hand: `[0 -> 1, 2 <-> 0]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Result, Token, token};

use super::ids::id;
use super::list::list;
use super::numbers::Number;
use crate::attribute::base::tokens::wrong;

pub(crate) struct Link {
    pub(crate) from: Number,
    pub(crate) to: Number,
    both_ways: bool,
}

impl Link {
    /// One pair for each way.
    pub(crate) fn pairs(&self) -> Vec<(u64, u64)> {
        let (from, to) = (self.from.value, self.to.value);
        if self.both_ways {
            return vec![(from, to), (to, from)];
        }
        vec![(from, to)]
    }
}

/// `0 -> 1`, to underline the whole link.
impl ToTokens for Link {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.from.to_tokens(tokens);
        self.to.to_tokens(tokens);
    }
}

pub(crate) fn links(input: ParseStream<'_>) -> Result<Vec<Link>> {
    if !input.peek(token::Bracket) {
        return Err(wrong(
            input,
            "expected a list of links, such as `[0 -> 1, 1 <-> 2]`",
        ));
    }
    list(input, link)
}

fn link(input: ParseStream<'_>) -> Result<Link> {
    Ok(Link {
        from: id(input)?,
        both_ways: arrow(input)?,
        to: id(input)?,
    })
}

/// Reads `->` or `<->`, and says whether it points both ways. The signs are read one by one: to
/// rustc `<->` is `<-` and `>`, and a `macro_rules!` may have pulled them apart.
fn arrow(input: ParseStream<'_>) -> Result<bool> {
    let error = wrong(input, "expected `->` or `<->`");
    let left: Option<Token![<]> = input.parse()?;
    match (input.parse::<Token![-]>(), input.parse::<Token![>]>()) {
        (Ok(_), Ok(_)) => Ok(left.is_some()),
        _ => Err(error),
    }
}
