//! Shard ids as they are written: `0`, `[1, 2]`, `1..=5`.

use std::ops::Range;

use proc_macro2::TokenTree;
use syn::parse::ParseStream;
use syn::{Result, Token, token};

use super::list::list;
use super::numbers::{Number, Numbers, number, numbers};
use crate::attribute::base::run::Limits;
use crate::attribute::base::tokens::refuse;

const WHAT: &str = "a shard id";

/// The ids of one role.
pub(crate) enum Ids {
    List(Vec<Number>),
    /// Up to the end that is not in it, and how that is written.
    Range(Range<u128>, Limits),
}

impl Ids {
    /// How many ids these are, without writing them out.
    pub(crate) fn count(&self) -> u128 {
        match self {
            Self::List(ids) => ids.len() as u128,
            Self::Range(ids, _) => ids.end.saturating_sub(ids.start),
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<u64> {
        match self {
            Self::List(ids) => ids.iter().map(|id| id.value).collect(),
            Self::Range(ids, _) => ids.clone().flat_map(u64::try_from).collect(),
        }
    }
}

pub(crate) fn id(input: ParseStream<'_>) -> Result<Number> {
    number(input, WHAT, u64::MAX)
}

/// `leader = 0`: one id and nothing else.
pub(crate) fn one(input: ParseStream<'_>) -> Result<Ids> {
    if input.peek(token::Bracket) {
        let message = "`leader` is one shard: write `leaders = [0, 1]` for several";
        return refuse(input.parse::<TokenTree>()?, message);
    }
    let id = id(input)?;
    if input.peek(Token![..]) {
        let message = "`leader` is one shard: write `leaders = 0..2` for several";
        return refuse(id.literal, message);
    }
    Ok(Ids::List(vec![id]))
}

/// `[0, 1]`, `0..=5` or `0..6`; `usual` is the id that the first of them has mostly.
pub(crate) fn several(input: ParseStream<'_>, usual: u64) -> Result<Ids> {
    if input.peek(token::Bracket) {
        return list(input, id).map(Ids::List);
    }
    match numbers(input, WHAT, 5)? {
        Numbers::One(one) => no_list(&one, usual),
        Numbers::Range(ids, limits, _) => Ok(Ids::Range(ids, limits)),
    }
}

/// A number alone is the number of shards, or the only one.
fn no_list(one: &Number, usual: u64) -> Result<Ids> {
    let value = one.value;
    let end = value.saturating_add(usual);
    let many = match value {
        0 => String::new(),
        1 => format!("`{usual}..{end}` for one shard, or "),
        _ => format!("`{usual}..{end}` for {value} shards, or "),
    };
    let message = format!("expected a list or a range: write {many}`[{value}]` for shard {value}");
    refuse(&one.literal, message)
}
