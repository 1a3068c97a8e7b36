//! Reading tokens without knowing what they mean.
//!
//! The syntax of types, patterns and expressions is rustc's to check. Here they are passed on, and
//! only the little is read that tells which parameter takes which shards: a parser of all of Rust
//! would be the larger part of what a user's build takes.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Result, Token};

/// All up to where `ends` holds, or to the end. It is not asked within generics.
pub(crate) fn until(
    input: ParseStream<'_>,
    ends: fn(ParseStream<'_>) -> bool,
) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let mut depth = 0_usize;
    while !input.is_empty() && (depth > 0 || !ends(input)) {
        if input.peek(Token![->]) {
            input.parse::<Token![->]>()?.to_tokens(&mut tokens);
            continue;
        }
        if input.peek(Token![::]) {
            input.parse::<Token![::]>()?.to_tokens(&mut tokens);
            continue;
        }
        let token: TokenTree = input.parse()?;
        match &token {
            TokenTree::Punct(sign) if sign.as_char() == '<' => depth += 1,
            TokenTree::Punct(sign) if sign.as_char() == '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        tokens.extend([token]);
    }
    Ok(tokens)
}

/// What is within parentheses, or within the invisible ones around a fragment of `macro_rules!`.
/// With a comma in them they are taken for a tuple, and stay.
pub(crate) fn inner(tokens: &TokenStream) -> TokenStream {
    let Some(group) = sole_group(tokens) else {
        return tokens.clone();
    };
    match group.delimiter() {
        Delimiter::None => inner(&group.stream()),
        Delimiter::Parenthesis if !is_tuple(&group) => inner(&group.stream()),
        _ => tokens.clone(),
    }
}

fn is_tuple(group: &Group) -> bool {
    let comma = |token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',');
    group.stream().is_empty() || group.stream().into_iter().any(comma)
}

/// The group that is all there is.
pub(crate) fn sole_group(tokens: &TokenStream) -> Option<Group> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) => Some(group),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().unwrap()
    }

    #[track_caller]
    fn splits_at_comma(before: &str, after: &str) {
        let parser = |input: ParseStream<'_>| {
            let before = until(input, |input| input.peek(Token![,]))?;
            input.parse::<Token![,]>()?;
            Ok((before, input.parse::<TokenStream>()?))
        };
        let (read, unread) = parser.parse_str(&format!("{before}, {after}")).unwrap();
        assert_eq!(read.to_string(), tokens(before).to_string());
        assert_eq!(unread.to_string(), tokens(after).to_string());
    }

    #[test]
    fn a_comma_within_generics_ends_nothing() {
        splits_at_comma("a", "b, c");
        splits_at_comma("A<B, C>", "D");
        splits_at_comma("A<fn() -> B, C>", "D");
        splits_at_comma("fn(A, B) -> C", "D");
        splits_at_comma("A::B<C<D, E>>", "F");
    }

    #[test]
    fn parentheses_are_looked_into_unless_they_make_a_tuple() {
        let inner = |text: &str| inner(&tokens(text)).to_string();
        assert_eq!(inner("((a))"), "a");
        assert_eq!(inner("(a,)"), "(a ,)");
        assert_eq!(inner("()"), "()");
        assert_eq!(inner("(a) + b"), "(a) + b");
    }
}
