//! Links written by hand: `[0 -> 1, 2 <-> 0]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Result, Token, token};

use super::ids::Id;
use super::list::list;
use super::mistakes::Mistakes;
use super::shards::Shards;

pub(crate) struct Link {
    pub(crate) from: Id,
    pub(crate) to: Id,
    both_ways: bool,
}

impl Link {
    pub(crate) fn several(input: ParseStream<'_>) -> Result<Vec<Self>> {
        if !input.peek(token::Bracket) {
            return Err(input.error("expected a list of links, such as `[0 -> 1, 1 <-> 2]`"));
        }
        list(input)
    }

    fn pairs(&self) -> Vec<(u64, u64)> {
        let mut pairs = vec![(self.from.value, self.to.value)];
        if self.both_ways {
            pairs.push((self.to.value, self.from.value));
        }
        pairs
    }
}

impl Parse for Link {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let from = input.parse()?;
        let both_ways = arrow(input)?;
        let to = input.parse()?;
        Ok(Self {
            from,
            to,
            both_ways,
        })
    }
}

/// Reads `->` or `<->`, and says whether it points both ways. The signs are read one by one: to
/// rustc `<->` is `<-` and `>`, and a `macro_rules!` may have pulled them apart.
fn arrow(input: ParseStream<'_>) -> Result<bool> {
    let wrong = input.error("expected `->` or `<->`");
    let left: Option<Token![<]> = input.parse()?;
    match (input.parse::<Token![-]>(), input.parse::<Token![>]>()) {
        (Ok(_), Ok(_)) => Ok(left.is_some()),
        _ => Err(wrong),
    }
}

/// `0 -> 1`, to underline the whole link.
impl ToTokens for Link {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.from.to_tokens(tokens);
        self.to.to_tokens(tokens);
    }
}

/// The links in the order written, one pair for each way.
pub(crate) fn check(links: &[Link], shards: &Shards, mistakes: &mut Mistakes) -> Vec<(u64, u64)> {
    let declared = shards.ids();
    let mut pairs = Vec::new();
    for link in links {
        for id in [&link.from, &link.to] {
            if !declared.contains(&id.value) {
                let argument = argument_of(shards);
                let id_value = id.value;
                mistakes.at(
                    id,
                    format!("shard {id_value} is not in the mesh: add it to `{argument}`"),
                );
            }
        }
        if link.from.value == link.to.value {
            mistakes.at(link, "a shard has no link to itself: remove it");
            continue;
        }
        for (from, to) in link.pairs() {
            if pairs.contains(&(from, to)) {
                mistakes.at(
                    link,
                    format!("the link {from} -> {to} is written twice: remove one"),
                );
            } else {
                pairs.push((from, to));
            }
        }
    }
    pairs
}

fn argument_of(shards: &Shards) -> &'static str {
    match shards {
        Shards::Roles { .. } => "followers",
        Shards::Peers(_) => "peers",
    }
}
