//! Lists in brackets, of which every item is read, whatever is wrong with the one before it.

use proc_macro2::TokenTree;
use syn::parse::{Parse, ParseStream};
use syn::{Result, Token, bracketed};

use super::mistakes::Mistakes;

/// Reads `[item, item]`.
pub(crate) fn list<T: Parse>(input: ParseStream<'_>) -> Result<Vec<T>> {
    let items;
    bracketed!(items in input);
    let mut mistakes = Mistakes::default();
    let mut list = Vec::new();
    while !items.is_empty() {
        list.extend(mistakes.sift(item(&items)));
    }
    match mistakes.into_error() {
        Some(error) => Err(error),
        None => Ok(list),
    }
}

/// Reads an item and the comma behind it, and of a wrong one all up to there.
fn item<T: Parse>(items: ParseStream<'_>) -> Result<T> {
    let item = items.parse().and_then(|item| {
        if items.is_empty() || items.peek(Token![,]) {
            Ok(item)
        } else {
            Err(items.error("expected `,`"))
        }
    });
    while !items.is_empty() && !items.peek(Token![,]) {
        items.parse::<TokenTree>()?;
    }
    items.parse::<Option<Token![,]>>()?;
    item
}

#[cfg(test)]
mod tests {
    use syn::LitBool;
    use syn::parse::Parser;

    use super::*;

    fn bools(text: &str) -> Result<Vec<bool>> {
        let bools = list::<LitBool>.parse_str(text)?;
        Ok(bools.into_iter().map(|bool| bool.value).collect())
    }

    #[track_caller]
    fn mistakes(text: &str, expected: &[&str]) {
        let found: Vec<_> = bools(text).unwrap_err().into_iter().collect();
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn items_stand_between_commas() {
        assert_eq!(bools("[]").unwrap(), []);
        assert_eq!(bools("[true]").unwrap(), [true]);
        assert_eq!(bools("[true, false,]").unwrap(), [true, false]);
    }

    #[test]
    fn one_mistake_does_not_hide_the_next() {
        let expected = "expected boolean literal";
        mistakes("[1, true, 2, 3]", &[expected; 3]);
        mistakes("[true false, 1 true]", &["expected `,`", expected]);
        mistakes("[,]", &[expected]);
        mistakes("[true,, false]", &[expected]);
    }
}
