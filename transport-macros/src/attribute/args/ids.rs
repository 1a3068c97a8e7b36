//! Shard ids as they are written: `0`, `[1, 2]`, `1..=5`.

use proc_macro2::TokenTree;
use syn::parse::ParseStream;
use syn::{Error, Result, Token, token};

use super::list::list;
use super::numbers::{Number, Numbers, number, numbers};
use crate::attribute::base::run::Run;

const WHAT: &str = "a shard id";

/// The ids of one role.
pub(crate) enum Ids {
    List(Vec<Number>),
    /// `None` stands for a range without an id in it.
    Range(Option<Run>),
}

impl Ids {
    /// How many ids these are, without writing them out.
    pub(crate) fn count(&self) -> u128 {
        match self {
            Self::List(ids) => ids.len() as u128,
            Self::Range(range) => range.as_ref().map_or(0, Run::count),
        }
    }

    /// The ids in the way that they were written, or nothing where there is none.
    pub(crate) fn to_run(&self) -> Option<Run> {
        match self {
            Self::List(ids) if ids.is_empty() => None,
            Self::List(ids) => Some(Run::Listed(ids.iter().map(|id| id.value).collect())),
            Self::Range(range) => range.clone(),
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
        return Err(Error::new_spanned(input.parse::<TokenTree>()?, message));
    }
    let id = id(input)?;
    if input.peek(Token![..]) {
        let message = "`leader` is one shard: write `leaders = 0..2` for several";
        return Err(Error::new_spanned(id, message));
    }
    Ok(Ids::List(vec![id]))
}

pub(crate) fn leaders(input: ParseStream<'_>) -> Result<Ids> {
    several(input, 0)
}

/// Their first id is 1 where the leader is 0, as it mostly is.
pub(crate) fn followers(input: ParseStream<'_>) -> Result<Ids> {
    several(input, 1)
}

pub(crate) fn peers(input: ParseStream<'_>) -> Result<Ids> {
    several(input, 0)
}

/// `[1, 2]`, `1..=5` or `1..6`.
fn several(input: ParseStream<'_>, usual: u64) -> Result<Ids> {
    if input.peek(token::Bracket) {
        return list(input, id).map(Ids::List);
    }
    match numbers(input, WHAT, 5)? {
        Numbers::One(one) => Err(no_list(&one, usual)),
        Numbers::Range {
            first,
            last,
            limits,
            ..
        } => Ok(Ids::Range(Run::range(first, last, limits))),
    }
}

/// A number alone is the number of shards, or the only one.
fn no_list(one: &Number, usual: u64) -> Error {
    let value = one.value;
    let end = value.saturating_add(usual);
    let many = match value {
        0 => String::new(),
        1 => format!("`{usual}..{end}` for one shard, or "),
        _ => format!("`{usual}..{end}` for {value} shards, or "),
    };
    let message = format!("expected a list or a range: write {many}`[{value}]` for shard {value}");
    Error::new_spanned(one, message)
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    #[test]
    fn lists_and_ranges_are_read() {
        let ids = |text: &str| peers.parse_str(text).unwrap();
        for (text, expected) in [("[3, 1,]", "[3, 1]"), ("1..=5", "1..=5"), ("1..6", "1..6")] {
            let expected = ids(expected).to_run();
            assert_eq!(ids(text).to_run(), expected, "{text}");
        }
        assert_eq!(ids("[3, 1]").to_run(), Some(Run::Listed(vec![3, 1])));
        for empty in ["[]", "5..5", "6..=5"] {
            assert_eq!(ids(empty).to_run(), None, "{empty}");
        }
        assert_eq!(ids("0..=18446744073709551615").count(), 1 << 64);
    }

    #[test]
    fn half_a_range_proposes_one_that_is_not_empty() {
        for (text, proposed) in [
            ("1..", "`1..=5` or `1..6`"),
            ("29..", "`29..=33` or `29..34`"),
            ("18446744073709551615..", "..=18446744073709551614`"),
            ("3", "`0..3` for 3 shards, or `[3]` for shard 3"),
            ("0", "write `[0]` for shard 0"),
            ("18446744073709551615", "`[18446744073709551615]`"),
        ] {
            let error = peers.parse_str(text).err().unwrap().to_string();
            assert!(error.contains(proposed), "{text}: {error}");
        }
    }
}
