//! Shard ids as they are written: `0`, `[1, 2]`, `1..=5`.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Error, LitInt, Result, Token, token};

use super::integer::integer;
use super::list::list;
use super::run::{Limits, Run};

pub(crate) struct Id {
    pub(crate) value: u64,
    literal: LitInt,
}

/// The ids of one role.
pub(crate) enum Ids {
    List(Vec<Id>),
    /// `None` stands for a range without an id in it.
    Range(Option<Run>),
}

impl Parse for Id {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (value, literal) = integer(input, "a shard id", u64::MAX)?;
        Ok(Self { value, literal })
    }
}

impl ToTokens for Id {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.literal.to_tokens(tokens);
    }
}

impl Ids {
    /// `leader = 0`: one id and nothing else.
    pub(crate) fn one(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(token::Bracket) {
            let message = "`leader` is one shard: write `leaders = [0, 1]` for several";
            return Err(Error::new_spanned(input.parse::<TokenTree>()?, message));
        }
        let id = input.parse()?;
        if input.peek(Token![..]) {
            return Err(input.error("`leader` is one shard: write `leaders = 0..2` for several"));
        }
        Ok(Self::List(vec![id]))
    }

    /// `[1, 2]`, `1..=5` or `1..6`.
    pub(crate) fn several(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(token::Bracket) {
            return list(input).map(Self::List);
        }
        let first: Id = input.parse()?;
        if input.is_empty() {
            let message = format!("expected a list or a range: write `[{}]`", first.value);
            return Err(Error::new_spanned(first, message));
        }
        let (limits, dots) = Limits::read(input)?;
        if input.is_empty() {
            let message = format!(
                "the range has no end: write `{0}..=5` or `{0}..6`",
                first.value
            );
            return Err(Error::new_spanned(dots, message));
        }
        let last: Id = input.parse()?;
        Ok(Self::Range(match limits {
            Limits::Closed => Run::closed(first.value, last.value),
            Limits::HalfOpen => Run::half_open(first.value, last.value),
        }))
    }

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

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    fn several(text: &str) -> Ids {
        Ids::several.parse_str(text).unwrap()
    }

    fn message(text: &str) -> String {
        Ids::several.parse_str(text).err().unwrap().to_string()
    }

    #[test]
    fn lists_and_ranges_are_read() {
        assert_eq!(several("[3, 1,]").to_run(), Some(Run::Listed(vec![3, 1])));
        assert_eq!(several("1..=5").to_run(), Run::closed(1, 5));
        assert_eq!(several("1..6").to_run(), Run::half_open(1, 6));
    }

    #[test]
    fn an_empty_one_has_no_run() {
        assert_eq!(several("[]").to_run(), None);
        assert_eq!(several("5..5").to_run(), None);
        assert_eq!(several("6..=5").to_run(), None);
    }

    #[test]
    fn two_to_the_64_ids_are_counted_at_once() {
        assert_eq!(several("0..=18446744073709551615").count(), 1 << 64);
    }

    #[test]
    fn half_a_range_says_what_is_missing() {
        assert!(message("1..").contains("no end"));
        assert!(message("7").contains("`[7]`"));
    }
}
