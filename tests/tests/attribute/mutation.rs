//! Changes of single tokens, as a slip of the keyboard or a `macro_rules!` makes them.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;

/// Tokens to put in the place of others.
pub(crate) const POOL: &str = "\
    , , = = . .. ..= - -> <-> < > ; : :: ! # % + & | => == ? $ \
    0 1 2 1.5 7u8 0xff 18446744073709551615 18446744073709551616 \"5ms\" \"5ms\"s b\"5\" 'c' r\"1ms..2ms\" \
    leader leaders followers peers topology links loss rate latency seeds also jostle exhaustive crate \
    r#leader r#fn größe λ _ struct self Self async fn unsafe const extern true dyn impl mut \
    () [] {} (0) [0, 1] (,) [;] {x} Mesh Vec<Endpoint>";

#[derive(Clone, Debug)]
pub(crate) struct Mutation {
    /// Whether it is one of the arguments, or one of the function.
    args: bool,
    /// Which token, counted through all groups, modulo their number.
    at: usize,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    Remove,
    Repeat,
    Replace(usize),
    Insert(usize),
    /// As `macro_rules!` does with what it matched.
    Enclose,
    /// Without what follows in its group.
    CutOff,
    /// A group without its delimiters.
    Open,
}

pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let change = prop_oneof![
        Just(Change::Remove),
        Just(Change::Repeat),
        any::<usize>().prop_map(Change::Replace),
        any::<usize>().prop_map(Change::Insert),
        Just(Change::Enclose),
        Just(Change::CutOff),
        Just(Change::Open),
    ];
    (prop::bool::weighted(0.7), any::<usize>(), change).prop_map(|(args, at, change)| Mutation {
        args,
        at,
        change,
    })
}

pub(crate) fn mutate(
    args: TokenStream,
    item: TokenStream,
    pool: &[TokenTree],
    mutation: &Mutation,
) -> (TokenStream, TokenStream) {
    let mutated = |tokens: TokenStream| {
        let mut left = mutation.at % count(&tokens).max(1);
        with_change(tokens, &mut left, &|token| mutation.change.of(token, pool))
    };
    if mutation.args {
        (mutated(args), item)
    } else {
        (args, mutated(item))
    }
}

impl Change {
    /// What stands in the place of a token, or nothing for the end of its group.
    fn of(&self, token: TokenTree, pool: &[TokenTree]) -> Option<TokenStream> {
        let other = |index: usize| pool[index % pool.len()].clone();
        let tokens = match self {
            Self::Remove => vec![],
            Self::Repeat => vec![token.clone(), token],
            Self::Replace(index) => vec![other(*index)],
            Self::Insert(index) => vec![other(*index), token],
            Self::Enclose => {
                let span = token.span();
                let mut group = Group::new(Delimiter::None, token.into());
                group.set_span(span);
                vec![group.into()]
            }
            Self::CutOff => return None,
            Self::Open => match token {
                TokenTree::Group(group) => return Some(group.stream()),
                token => vec![token],
            },
        };
        Some(tokens.into_iter().collect())
    }
}

fn count(tokens: &TokenStream) -> usize {
    tokens
        .clone()
        .into_iter()
        .map(|token| 1 + within(&token))
        .sum()
}

fn within(token: &TokenTree) -> usize {
    match token {
        TokenTree::Group(group) => count(&group.stream()),
        _ => 0,
    }
}

/// Changes the token that `left` others stand before.
fn with_change(
    tokens: TokenStream,
    left: &mut usize,
    change: &impl Fn(TokenTree) -> Option<TokenStream>,
) -> TokenStream {
    let mut output = TokenStream::new();
    let mut tokens = tokens.into_iter();
    for token in tokens.by_ref() {
        if *left == 0 {
            match change(token) {
                Some(changed) => output.extend(changed),
                None => return output,
            }
            break;
        }
        *left -= 1;
        let inside = within(&token);
        match token {
            TokenTree::Group(group) if *left < inside => {
                let stream = with_change(group.stream(), left, change);
                let mut changed = Group::new(group.delimiter(), stream);
                changed.set_span(group.span());
                output.extend([TokenTree::from(changed)]);
                break;
            }
            token => {
                *left -= inside;
                output.extend([token]);
            }
        }
    }
    output.extend(tokens);
    output
}
