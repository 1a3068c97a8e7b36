//! The arguments as they are written: what was given, where, and which value it has.

use std::ops::Range;
use std::time::Duration;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, LitBool, LitStr, Result, Token};

use super::duration::duration;
use super::float::Float;
use super::ids::Ids;
use super::integer::count;
use super::latency::Latency;
use super::links::Link;
use super::mistakes::Mistakes;
use super::path::Path;
use super::runtime::Flavor;
use super::seeds::Seeds;
use super::similar::{similar, unknown};
use super::topology::Topology;

/// Every argument, as it is to be written.
const KNOWN: [(&str, &str); 19] = [
    ("leader", "leader = 0"),
    ("leaders", "leaders = [0, 1]"),
    ("followers", "followers = [1, 2]"),
    ("peers", "peers = [0, 1, 2]"),
    ("topology", "topology = star"),
    ("links", "links = [0 -> 1, 1 <-> 2]"),
    ("capacity", "capacity = 16"),
    ("latency", "latency = \"1ms..20ms\""),
    ("loss", "loss = 0.01"),
    ("duplicate", "duplicate = 0.01"),
    ("reorder", "reorder = 0.05"),
    ("rate", "rate = 1000"),
    ("seed", "seed = 7"),
    ("seeds", "seeds = 0..256"),
    ("timeout", "timeout = \"30s\""),
    ("flavor", "flavor = \"multi_thread\""),
    ("worker_threads", "worker_threads = 4"),
    ("start_paused", "start_paused = false"),
    ("crate", "crate = path::to::shard_mesh"),
];

#[derive(Default)]
pub(crate) struct Args {
    pub(crate) leader: Option<Arg<Ids>>,
    pub(crate) leaders: Option<Arg<Ids>>,
    pub(crate) followers: Option<Arg<Ids>>,
    pub(crate) peers: Option<Arg<Ids>>,
    pub(crate) topology: Option<Arg<Topology>>,
    pub(crate) links: Option<Arg<Vec<Link>>>,
    pub(crate) capacity: Option<Arg<u64>>,
    pub(crate) latency: Option<Arg<Latency>>,
    pub(crate) loss: Option<Arg<Float>>,
    pub(crate) duplicate: Option<Arg<Float>>,
    pub(crate) reorder: Option<Arg<Float>>,
    pub(crate) rate: Option<Arg<Float>>,
    pub(crate) seed: Option<Arg<u64>>,
    pub(crate) seeds: Option<Arg<Range<u64>>>,
    pub(crate) timeout: Option<Arg<Duration>>,
    pub(crate) flavor: Option<Arg<Flavor>>,
    pub(crate) worker_threads: Option<Arg<u64>>,
    pub(crate) start_paused: Option<Arg<bool>>,
    pub(crate) krate: Option<Arg<Path>>,
}

pub(crate) struct Arg<T> {
    pub(crate) name: Ident,
    /// The value as it is written.
    pub(crate) written: TokenStream,
    /// Nothing where what is written makes no sense, which was told already: whoever misses the
    /// value has nothing more to say about it.
    pub(crate) value: Option<T>,
}

/// `leader = 0`, to underline the whole argument.
impl<T> ToTokens for Arg<T> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        self.written.to_tokens(tokens);
    }
}

impl Args {
    pub(crate) fn read(tokens: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut args = Self::default();
        for piece in between_commas(tokens, mistakes) {
            let result = (|input: ParseStream<'_>| args.read_one(input)).parse2(piece);
            mistakes.sift(result);
        }
        args
    }

    fn read_one(&mut self, input: ParseStream<'_>) -> Result<()> {
        let Ok(name) = Ident::parse_any(input) else {
            return Err(input.error("expected an argument, such as `leader = 0`"));
        };
        match name.to_string().as_str() {
            "leader" => once(&mut self.leader, name, input, Ids::one),
            "leaders" => once(&mut self.leaders, name, input, Ids::several),
            "followers" => once(&mut self.followers, name, input, Ids::several),
            "peers" => once(&mut self.peers, name, input, Ids::several),
            "topology" => once(&mut self.topology, name, input, Topology::read),
            "links" => once(&mut self.links, name, input, Link::several),
            "capacity" => once(&mut self.capacity, name, input, |input| {
                count(input, "`capacity`", u32::MAX.into())
            }),
            "latency" => once(&mut self.latency, name, input, Latency::read),
            "loss" => once(&mut self.loss, name, input, Float::probability),
            "duplicate" => once(&mut self.duplicate, name, input, Float::probability),
            "reorder" => once(&mut self.reorder, name, input, Float::probability),
            "rate" => once(&mut self.rate, name, input, Float::rate),
            "seed" => once(&mut self.seed, name, input, Seeds::one),
            "seeds" => once(&mut self.seeds, name, input, Seeds::sweep),
            "timeout" => once(&mut self.timeout, name, input, duration),
            "flavor" => once(&mut self.flavor, name, input, Flavor::read),
            "worker_threads" => once(&mut self.worker_threads, name, input, |input| {
                count(input, "`worker_threads`", u16::MAX.into())
            }),
            "start_paused" => once(&mut self.start_paused, name, input, true_or_false),
            "crate" => once(&mut self.krate, name, input, path),
            _ => Err(self.unknown(name)),
        }
    }

    fn unknown(&mut self, name: Ident) -> Error {
        let names: Vec<_> = KNOWN.iter().map(|(name, _)| *name).collect();
        let error = unknown("argument", &name, &names);
        self.meant(similar(&name.to_string(), &names), name);
        error
    }

    /// A mistyped argument was given all the same, so nobody is told that it is missing.
    fn meant(&mut self, close: Option<&str>, name: Ident) {
        let slot = match close {
            Some("leader") => &mut self.leader,
            Some("leaders") => &mut self.leaders,
            Some("followers") => &mut self.followers,
            Some("peers") => &mut self.peers,
            _ => return,
        };
        slot.get_or_insert(Arg::without_value(name));
    }
}

impl<T> Arg<T> {
    fn without_value(name: Ident) -> Self {
        Self {
            name,
            written: TokenStream::new(),
            value: None,
        }
    }
}

/// Reads `= value` of an argument that may be given once.
fn once<T>(
    slot: &mut Option<Arg<T>>,
    name: Ident,
    input: ParseStream<'_>,
    read: fn(ParseStream<'_>) -> Result<T>,
) -> Result<()> {
    // A slot may hold a name that was mistyped, and this is what it was meant to be.
    if slot.as_ref().is_some_and(|before| before.name == name) {
        return Err(given_twice(&name));
    }
    let arg = slot.insert(Arg::without_value(name));
    arg.written = value_of(&arg.name, input)?;
    let value = read(input)?;
    ended(input)?;
    arg.value = Some(value);
    Ok(())
}

fn given_twice(name: &Ident) -> Error {
    Error::new_spanned(name, format!("`{name}` is given twice: remove one"))
}

/// Reads the `=`, and only looks at the value.
fn value_of(name: &Ident, input: ParseStream<'_>) -> Result<TokenStream> {
    let equals: Option<Token![=]> = input.parse()?;
    if equals.is_none() || input.is_empty() {
        return Err(without_value(name));
    }
    input.fork().parse()
}

fn ended(input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() {
        Ok(())
    } else {
        Err(input.error("expected `,`"))
    }
}

fn without_value(name: &Ident) -> Error {
    let word = name.to_string();
    let (_, example) = KNOWN
        .iter()
        .find(|(known, _)| *known == word)
        .unwrap_or(&KNOWN[0]);
    Error::new_spanned(name, format!("`{word}` needs a value: write `{example}`"))
}

fn true_or_false(input: ParseStream<'_>) -> Result<bool> {
    if !input.peek(LitBool) {
        return Err(input.error("expected `true` or `false`"));
    }
    Ok(input.parse::<LitBool>()?.value)
}

fn path(input: ParseStream<'_>) -> Result<Path> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        let message = format!(
            "expected a path: write `{}` without the quotes",
            literal.value()
        );
        return Err(Error::new_spanned(literal, message));
    }
    if !input.peek(Ident::peek_any) && !input.peek(Token![::]) {
        return Err(input.error("expected a path, such as `path::to::shard_mesh`"));
    }
    input.parse()
}

/// The arguments apart from each other, so that a slip in one does not hide those in the next.
fn between_commas(tokens: TokenStream, mistakes: &mut Mistakes) -> Vec<TokenStream> {
    let mut pieces = Vec::new();
    let mut piece = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                if piece.is_empty() {
                    mistakes.at(comma, "expected an argument before `,`");
                }
                pieces.push(std::mem::take(&mut piece));
            }
            token => piece.extend([token]),
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(args: &str) -> String {
        let mut mistakes = Mistakes::default();
        Args::read(args.parse().unwrap(), &mut mistakes);
        mistakes
            .into_error()
            .map(|error| error.to_compile_error().to_string())
            .unwrap_or_default()
    }

    #[test]
    fn every_example_is_accepted() {
        for (name, example) in KNOWN {
            assert_eq!(messages(example), "", "the example of `{name}`");
        }
    }

    #[test]
    fn a_name_alone_is_told_how_to_go_on() {
        for (name, example) in KNOWN {
            for args in [name.to_owned(), format!("{name} ="), format!("{name}(1)")] {
                let messages = messages(&args).replace("\\\"", "\"");
                assert!(
                    messages.contains(&format!("write `{example}`")),
                    "{args}: {messages}"
                );
            }
        }
    }

    #[test]
    fn a_slip_does_not_hide_the_next() {
        let messages = messages("leader = -1,, folowers = [1], capacity = 0, capacity = 1");
        assert_eq!(messages.matches("compile_error").count(), 5, "{messages}");
    }

    #[test]
    fn a_mistyped_name_is_not_the_right_one_given_before() {
        let messages = messages("leadr = 1, leader = 0");
        assert_eq!(messages.matches("compile_error").count(), 1, "{messages}");
    }

    #[test]
    fn a_comma_at_the_end_is_fine() {
        assert_eq!(messages("leader = 0, followers = [1,],"), "");
    }
}
