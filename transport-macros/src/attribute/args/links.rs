//! Links written by hand: `[0 -> 1, 2 <-> 0]`.

use syn::parse::ParseStream;
use syn::{Result, Token, token};

use super::ids::id;
use super::list::list;
use super::numbers::Number;
use crate::attribute::base::tokens::wrong;

pub(crate) struct Link {
    pub(crate) from: Number,
    pub(crate) to: Number,
    pub(crate) both_ways: bool,
}

pub(crate) fn links(input: ParseStream<'_>) -> Result<Vec<Link>> {
    if !input.peek(token::Bracket) {
        let message = "expected a list of links, such as `[0 -> 1, 1 <-> 2]`";
        return wrong(input, message);
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
        _ => error,
    }
}
