//! Lists in brackets, of which every item is read, whatever is wrong with the one before it.

use proc_macro2::TokenTree;
use syn::parse::ParseStream;
use syn::{Result, Token, bracketed};

use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::tokens::ended;

/// Reads `[item, item]`.
pub(crate) fn list<T>(
    input: ParseStream<'_>,
    read: fn(ParseStream<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let items;
    bracketed!(items in input);
    let mut mistakes = Mistakes::default();
    let mut list = Vec::new();
    while !items.is_empty() {
        list.extend(mistakes.sift(item(&items, read)));
    }
    mistakes.into_error().map_or(Ok(list), Err)
}

/// Reads an item and the comma behind it, and of a wrong one all up to there.
fn item<T>(items: ParseStream<'_>, read: fn(ParseStream<'_>) -> Result<T>) -> Result<T> {
    let item = read(items).and_then(|item| {
        if !items.peek(Token![,]) {
            ended(items)?;
        }
        Ok(item)
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
    use syn::parse::{Parse, Parser};

    use super::*;

    fn bools(text: &str) -> Result<Vec<LitBool>> {
        (|input: ParseStream<'_>| list(input, LitBool::parse)).parse_str(text)
    }

    #[test]
    fn items_stand_between_commas() {
        for (text, items) in [("[]", 0), ("[true]", 1), ("[true, false,]", 2)] {
            assert_eq!(bools(text).unwrap().len(), items, "{text}");
        }
    }

    #[test]
    fn one_mistake_does_not_hide_the_next() {
        for (text, mistakes) in [
            ("[1, true, 2, 3]", 3),
            ("[true false, 1 true]", 2),
            ("[,]", 1),
            ("[true,, false]", 1),
        ] {
            let found = bools(text).err().unwrap().into_iter().count();
            assert_eq!(found, mistakes, "{text}");
        }
    }
}
