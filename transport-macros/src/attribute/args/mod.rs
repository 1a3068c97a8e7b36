//! What was written in the attribute: each argument with its name, its place and its value.
//!
//! Tokens come in, [`Args`] go out. A file for each kind of value, which does not know whose value it
//! is. Uses `base`.

pub(crate) mod duration;
pub(crate) mod flavor;
pub(crate) mod float;
pub(crate) mod function;
pub(crate) mod ids;
pub(crate) mod latency;
pub(crate) mod links;
mod list;
pub(crate) mod numbers;
mod path;
mod quoted;
pub(crate) mod seeds;
mod similar;
pub(crate) mod topology;

use std::ops::Range;
use std::time::Duration;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, LitBool, Path, Result, Token};

use self::duration::duration;
use self::flavor::Flavor;
use self::float::Float;
use self::ids::Ids;
use self::latency::Latency;
use self::links::Link;
use self::numbers::count;
use self::path::path;
use self::similar::{similar, unknown};
use self::topology::Topology;
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::tokens::{ended, read_all, wrong};

/// An argument a line: its name, what it is, how its value is read, and a value to show.
macro_rules! arguments {
    ($($name:literal, $field:ident: $type:ty = $read:expr, $example:literal;)*) => {
        #[derive(Default)]
        pub(crate) struct Args {
            $(pub(crate) $field: Option<Arg<$type>>,)*
        }

        /// Every argument, and how to write it.
        const KNOWN: &[(&str, &str)] = &[$(($name, concat!($name, " = ", $example))),*];

        impl Args {
            fn read_one(&mut self, input: ParseStream<'_>) -> Result<()> {
                let Ok(name) = Ident::parse_any(input) else {
                    return Err(wrong(input, "expected an argument, such as `leader = 0`"));
                };
                let example = example(&name);
                match name.to_string().as_str() {
                    $($name => once(&mut self.$field, name, example, input, $read),)*
                    _ => Err(self.unknown(name)),
                }
            }
        }
    };
}

arguments! {
    "leader", leader: Ids = ids::one, "0";
    "leaders", leaders: Ids = ids::leaders, "[0, 1]";
    "followers", followers: Ids = ids::followers, "[1, 2]";
    "peers", peers: Ids = ids::peers, "[0, 1, 2]";
    "topology", topology: Topology = Topology::read, "star";
    "links", links: Vec<Link> = links::links, "[0 -> 1, 1 <-> 2]";
    "capacity", capacity: u64 = |input| count(input, "`capacity`", u32::MAX.into()), "16";
    "latency", latency: Latency = Latency::read, "\"1ms..20ms\"";
    "loss", loss: Float = Float::probability, "0.01";
    "duplicate", duplicate: Float = Float::probability, "0.01";
    "reorder", reorder: Float = Float::probability, "0.05";
    "rate", rate: Float = Float::rate, "1000";
    "seed", seed: u64 = seeds::one, "7";
    "seeds", seeds: Range<u64> = seeds::sweep, "0..256";
    "timeout", timeout: Duration = duration, "\"30s\"";
    "flavor", flavor: Flavor = Flavor::read, "\"multi_thread\"";
    "worker_threads", worker_threads: u64 =
        |input| count(input, "`worker_threads`", u16::MAX.into()), "4";
    "start_paused", start_paused: bool = true_or_false, "false";
    "crate", krate: Path = path, "path::to::shard_mesh";
}

pub(crate) struct Arg<T> {
    pub(crate) name: Ident,
    /// The value as it is written.
    pub(crate) written: TokenStream,
    /// Nothing where what is written makes no sense, which is a mistake already: a check that needs
    /// the value has nothing more to say about it.
    pub(crate) value: Option<T>,
}

/// `leader = 0`, to underline the whole argument.
impl<T> ToTokens for Arg<T> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        self.written.to_tokens(tokens);
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

impl Args {
    pub(crate) fn read(tokens: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut args = Self::default();
        let pieces = mistakes.sift(between_commas.parse2(tokens));
        for (piece, comma) in pieces.unwrap_or_default() {
            if piece.is_empty() {
                mistakes.at(comma, "expected an argument before `,`");
                continue;
            }
            mistakes.sift(read_all(piece, |input| args.read_one(input)));
        }
        args
    }

    fn unknown(&mut self, name: Ident) -> Error {
        let names: Vec<_> = KNOWN.iter().map(|(name, _)| *name).collect();
        let error = unknown("argument", &name, &names);
        self.meant(similar(&name.to_string(), &names), name);
        error
    }

    /// A mistyped argument was given all the same, so no error says that it is missing.
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

/// The arguments apart from each other, so that a slip in one does not hide those in the next.
fn between_commas(input: ParseStream<'_>) -> Result<Vec<(TokenStream, Option<Token![,]>)>> {
    let mut pieces = Vec::new();
    while !input.is_empty() {
        pieces.push((piece(input)?, input.parse()?));
    }
    Ok(pieces)
}

/// All up to the next comma that is no part of an expression, as the one in `f::<A, B>()` is.
fn piece(input: ParseStream<'_>) -> Result<TokenStream> {
    let ahead = input.fork();
    let expression = ahead.call(Ident::parse_any).is_ok()
        && ahead.parse::<Token![=]>().is_ok()
        && ahead.parse::<Expr>().is_ok();
    let mut piece = TokenStream::new();
    while !input.is_empty()
        && (!input.peek(Token![,]) || expression && input.cursor() < ahead.cursor())
    {
        piece.extend([input.parse::<TokenTree>()?]);
    }
    Ok(piece)
}

/// Reads `= value` of an argument that may be given once.
fn once<T>(
    slot: &mut Option<Arg<T>>,
    name: Ident,
    example: &str,
    input: ParseStream<'_>,
    read: fn(ParseStream<'_>) -> Result<T>,
) -> Result<()> {
    // A slot may hold a name that was mistyped, and this is what it was meant to be.
    if slot.as_ref().is_some_and(|before| before.name == name) {
        let message = format!("`{name}` is given twice: remove one");
        return Err(Error::new_spanned(name, message));
    }
    let arg = slot.insert(Arg::without_value(name));
    equals(&arg.name, example, input)?;
    arg.written = input.fork().parse()?;
    let value = read(input)?;
    ended(input)?;
    arg.value = Some(value);
    Ok(())
}

/// Reads the `=` before a value.
fn equals(name: &Ident, example: &str, input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![==]) || input.peek(Token![=>]) {
        let sign: [TokenTree; 2] = [input.parse()?, input.parse()?];
        let message = format!("expected `=` alone: write `{example}`");
        return Err(Error::new_spanned(quote!(#(#sign)*), message));
    }
    let equals: Option<Token![=]> = input.parse()?;
    if equals.is_none() || input.is_empty() {
        let message = format!("`{name}` needs a value: write `{example}`");
        return Err(Error::new_spanned(name, message));
    }
    Ok(())
}

/// How an argument is written, if it is known.
fn example(name: &Ident) -> &'static str {
    let known = KNOWN.iter().find(|(known, _)| name == known);
    known.map_or("", |(_, example)| example)
}

fn true_or_false(input: ParseStream<'_>) -> Result<bool> {
    if !input.peek(LitBool) {
        return Err(wrong(input, "expected `true` or `false`"));
    }
    Ok(input.parse::<LitBool>()?.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(args: &str) -> Vec<String> {
        let mut mistakes = Mistakes::default();
        Args::read(args.parse().unwrap(), &mut mistakes);
        let errors = mistakes.into_error().into_iter().flatten();
        errors.map(|error| error.to_string()).collect()
    }

    #[test]
    fn every_example_is_accepted() {
        for (name, example) in KNOWN {
            assert!(messages(example).is_empty(), "the example of `{name}`");
        }
    }

    #[test]
    fn every_argument_without_a_value_says_how_to_go_on() {
        for (name, example) in KNOWN {
            for slip in ["", " =", "(1)", " == 1", " => 1", ": 1"] {
                let args = format!("{name}{slip}");
                let messages = messages(&args);
                assert_eq!(messages.len(), 1, "{args}: {messages:?}");
                let advice = format!("write `{example}`");
                assert!(messages[0].contains(&advice), "{args}: {messages:?}");
            }
        }
    }

    #[test]
    fn what_follows_a_value_is_refused() {
        for (name, example) in KNOWN {
            for surplus in ["extra", ";", "0 = 1"] {
                let messages = messages(&format!("{example} {surplus}"));
                assert_eq!(messages.len(), 1, "`{name}`, {surplus}: {messages:?}");
            }
        }
    }

    #[test]
    fn a_slip_does_not_hide_the_next() {
        let messages = messages("leader = -1,, folowers = [1], capacity = 0, capacity = 1");
        assert_eq!(messages.len(), 5, "{messages:?}");
    }

    #[test]
    fn a_mistyped_name_is_not_the_right_one_given_before() {
        let messages = messages("leadr = 1, leader = 0");
        assert_eq!(messages.len(), 1, "{messages:?}");
    }

    #[test]
    fn a_comma_within_generics_or_at_the_end_parts_nothing() {
        for args in [
            "leader = 0, followers = [1,],",
            "loss = f::<u8, u8>(), rate = <A as B<C, D>>::E, reorder = |a, b| 0.5",
        ] {
            assert_eq!(messages(args), [""; 0], "{args}");
        }
    }
}
