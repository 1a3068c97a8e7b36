//! What becomes of an attribute, and what holds of every expansion.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use proptest::test_runner::TestCaseError;
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Attribute, Item, Signature, Visibility};

use crate::attribute;
use crate::grammar::Written;
use crate::mutation::{Mutation, POOL, mutate};

pub(crate) struct Expanded {
    item: TokenStream,
    args: TokenStream,
    output: TokenStream,
    pub(crate) mistakes: Vec<Mistake>,
}

#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    /// What is underlined.
    pub(crate) text: String,
    /// From its first to its last byte. An error without a place is at 0.
    place: (usize, usize),
}

impl Expanded {
    pub(crate) fn of(written: &Written, changes: &[Mutation]) -> Self {
        // Forgets the texts of the cases before.
        proc_macro2::extra::invalidate_current_thread_spans();
        let Written { args, item } = written;
        // In one text, in which each token has a place of its own.
        let text = format!("({args}\n) ({item}\n) ({POOL})");
        let tokens: TokenStream = text.parse().expect("the grammar makes tokens");
        let groups: Vec<_> = tokens.into_iter().filter_map(stream).collect();
        let [mut args, mut item, pool] = groups.try_into().expect("there are three groups");
        let pool: Vec<_> = pool.into_iter().collect();
        for change in changes {
            (args, item) = mutate(args, item, &pool, change);
        }
        let output = attribute::expand(args.clone(), item.clone());
        let mut mistakes = Vec::new();
        find_mistakes(output.clone(), &text, &mut mistakes);
        Self {
            item,
            args,
            output,
            mistakes,
        }
    }

    pub(crate) fn check(&self) -> Result<(), TestCaseError> {
        // rustc hands out no attribute on nothing.
        if self.item.is_empty() {
            return Ok(());
        }
        let problem = self
            .is_no_rust()
            .or_else(|| self.misses_the_function())
            .or_else(|| self.has_an_error_without_a_place());
        problem.map_or(Ok(()), |problem| {
            let Self {
                args, item, output, ..
            } = self;
            Err(TestCaseError::fail(format!(
                "{problem}\nargs: {args}\nitem: {item}\noutput: {output}"
            )))
        })
    }

    /// What was an item before, rustc has to understand afterwards.
    fn is_no_rust(&self) -> Option<String> {
        let was_item = syn::parse2::<Item>(self.item.clone()).is_ok();
        let error = syn::parse2::<syn::File>(self.output.clone()).err()?;
        let excused = !self.mistakes.is_empty() || !was_item;
        (!excused).then(|| format!("the output is no Rust: {error}"))
    }

    /// Word for word, or where there are mistakes without the attributes that are for tests.
    fn misses_the_function(&self) -> Option<String> {
        let function = |input: syn::parse::ParseStream<'_>| {
            input.call(Attribute::parse_outer)?;
            input.parse::<Visibility>()?;
            let written: TokenStream = input.fork().parse()?;
            let signature: Signature = input.parse()?;
            let body: TokenStream = input.parse()?;
            Ok((written, signature, body))
        };
        let output = text_of(&self.output);
        let expected = match function.parse2(self.item.clone()) {
            Ok((written, ..)) if self.mistakes.is_empty() => vec![text_of(&written)],
            Ok((_, signature, body)) => {
                let Signature {
                    fn_token, ident, ..
                } = signature;
                vec![text_of(&quote::quote!(#fn_token #ident)), text_of(&body)]
            }
            Err(_) => vec![text_of(&self.item)],
        };
        let missing = expected.into_iter().find(|part| !output.contains(part));
        missing.map(|part| format!("the output has no `{part}`"))
    }

    fn has_an_error_without_a_place(&self) -> Option<String> {
        let mut places = Vec::new();
        spans(&self.args, &mut places);
        spans(&self.item, &mut places);
        places.sort_unstable();
        // Outside of a compiler the end of a group is the last byte of it, and no token.
        let within = |byte: usize| {
            let before = places.partition_point(|(start, _)| *start <= byte);
            places[..before]
                .iter()
                .rev()
                .take(8)
                .any(|(_, end)| byte < *end)
        };
        let mistake = self.mistakes.iter().find(|mistake| {
            let (start, end) = mistake.place;
            // A changed token may stand before another and be written behind it.
            // The whole attribute is at fault, and the macro has no token of it.
            let whole = mistake.message.starts_with("the mesh is empty");
            !(whole || end > 0 && within(start) && within(end - 1))
        })?;
        Some(format!("no token is underlined by {mistake:?}"))
    }
}

fn stream(token: TokenTree) -> Option<TokenStream> {
    match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    }
}

/// All `compile_error!`s.
fn find_mistakes(tokens: TokenStream, text: &str, mistakes: &mut Vec<Mistake>) {
    let mut start = None;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "compile_error" => start = Some(word.span()),
            TokenTree::Punct(sign) if sign.as_char() == '!' && start.is_some() => {}
            TokenTree::Group(group) => match start.take() {
                Some(start) => {
                    let literal: syn::LitStr =
                        syn::parse2(group.stream()).expect("the message is a literal");
                    let (start, end) = (start.byte_range().start, group.span().byte_range().end);
                    mistakes.push(Mistake {
                        message: literal.value(),
                        text: text.get(start..end).unwrap_or_default().to_owned(),
                        place: (start, end),
                    });
                }
                None => find_mistakes(group.stream(), text, mistakes),
            },
            _ => start = None,
        }
    }
}

/// The places of all tokens, and of both signs of a group.
fn spans(tokens: &TokenStream, places: &mut Vec<(usize, usize)>) {
    for token in tokens.clone() {
        let mut add = |span: Span| places.push((span.byte_range().start, span.byte_range().end));
        match token {
            TokenTree::Group(group) => {
                add(group.span_open());
                add(group.span_close());
                spans(&group.stream(), places);
            }
            token => add(token.span()),
        }
    }
}

/// Without the groups that have no delimiters, and the same whatever stands next to what.
fn text_of(tokens: &TokenStream) -> String {
    let word = |token| match token {
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("( ", ") "),
                Delimiter::Brace => ("{ ", "} "),
                Delimiter::Bracket => ("[ ", "] "),
                Delimiter::None => ("", ""),
            };
            format!("{open}{}{close}", text_of(&group.stream()))
        }
        other => format!("{} ", other.into_token_stream()),
    };
    tokens.clone().into_iter().map(word).collect()
}
