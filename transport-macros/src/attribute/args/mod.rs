//! What was written in the attribute: each argument with its name, its place and its value.
//!
//! Tokens come in, [`Args`] go out. A file for each kind of value, which does not know whose value it
//! is. Uses `base`.

pub(crate) mod amount;
mod chaos;
mod duration;
mod float;
pub(crate) mod function;
pub(crate) mod ids;
mod latency;
pub(crate) mod links;
mod list;
pub(crate) mod numbers;
mod quoted;
mod seeds;
mod similar;
pub(crate) mod words;

use std::ops::Range;
use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Path, Result, Token};

use self::amount::Amount;
use self::duration::duration;
use self::float::{probability, rate};
use self::ids::{Ids, several};
use self::latency::latency;
use self::links::Link;
use self::numbers::count;
use self::similar::{similar, unknown};
use self::words::{Flavor, Topology, flavor, path, topology, true_or_false};
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::tokens::{ended, read_all, refuse, wrong};

/// An argument a line: its name, what it is, how its value is read, and a value to show; then those that
/// may stand alone as well, and those without a value.
macro_rules! arguments {
    ($($name:literal, $field:ident: $type:ty = $read:expr, $example:literal;)*
        either $($some:literal, $place:ident: $kind:ty = $parse:expr, $shown:literal;)*
        alone $($flag:literal, $slot:ident;)*) => {
        #[derive(Default)]
        pub(crate) struct Args {
            /// Whether nothing is written at all.
            pub(crate) none: bool,
            $(pub(crate) $field: Option<Arg<$type>>,)*
            $(pub(crate) $place: Option<Arg<$kind>>,)*
            $(pub(crate) $slot: Option<Arg<()>>,)*
        }

        const NAMES: &[&str] = &[$($name,)* $($some,)* $($flag),*];

        impl Args {
            fn read_one(&mut self, input: ParseStream<'_>) -> Result<()> {
                let Ok(name) = Ident::parse_any(input) else {
                    return wrong(input, "expected an argument, such as `leader = 0`");
                };
                match name.to_string().as_str() {
                    $($name => once(&mut self.$field, name, concat!($name, " = ", $example), input, $read),)*
                    $($some => either(&mut self.$place, name, concat!($some, " = ", $shown), input, $parse),)*
                    $($flag => flag(&mut self.$slot, name, input),)*
                    _ => Err(self.unknown(name)),
                }
            }
        }
    };
}

arguments! {
    "leader", leader: Ids = ids::one, "0";
    "leaders", leaders: Ids = |input| several(input, 0), "[0, 1]";
    "followers", followers: Ids = |input| several(input, 1), "[1, 2]";
    "peers", peers: Ids = |input| several(input, 0), "[0, 1, 2]";
    "clients", clients: Ids = |input| several(input, 10), "[10, 11]";
    "topology", topology: Topology = topology, "star";
    "links", links: Vec<Link> = links::links, "[0 -> 1, 1 <-> 2]";
    "capacity", capacity: u64 = |input| count(input, "`capacity`", u32::MAX.into()), "16";
    "latency", latency: Amount = latency, "\"1ms..20ms\"";
    "loss", loss: Amount = probability, "0.01";
    "duplicate", duplicate: Amount = probability, "0.01";
    "reorder", reorder: Amount = probability, "0.05";
    "rate", rate: Amount = rate, "1000";
    "jostle", jostle: Amount = probability, "0.1";
    "seed", seed: u64 = seeds::one, "7";
    "seeds", seeds: Range<u64> = seeds::sweep, "0..256";
    "also", also: Vec<u64> = seeds::also, "[17, 4711]";
    "exhaustive", exhaustive: u64 = seeds::exhaustive, "1";
    "timeout", timeout: Duration = duration, "\"30s\"";
    "flavor", flavor: Flavor = flavor, "\"multi_thread\"";
    "worker_threads", worker_threads: u64 =
        |input| count(input, "`worker_threads`", u16::MAX.into()), "4";
    "start_paused", start_paused: bool = true_or_false, "false";
    "crate", krate: Path = path, "path::to::shard_mesh";
    either
    "chaos", chaos: Vec<Ident> = chaos::kinds, "[partition, crash]";
    alone
    "pinned", pinned;
}

pub(crate) struct Arg<T> {
    pub(crate) name: Ident,
    /// The value as it is written.
    pub(crate) written: TokenStream,
    /// Nothing where what is written makes no sense, which is a mistake already: a check that needs
    /// the value has nothing more to say about it.
    pub(crate) value: Option<T>,
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
        let mut args = Self {
            none: tokens.is_empty(),
            ..Self::default()
        };
        // Apart from each other, so that a slip in one does not hide those in the next.
        let pieces = |input: ParseStream<'_>| input.parse_terminated(piece, Token![,]);
        for (tokens, next) in mistakes.sift(pieces.parse2(tokens)).into_iter().flatten() {
            mistakes.sift(if tokens.is_empty() {
                Err(Error::new(next, "expected an argument before `,`"))
            } else {
                read_all(tokens, |input| args.read_one(input))
            });
        }
        args
    }

    fn unknown(&mut self, name: Ident) -> Error {
        let error = unknown("argument", &name, NAMES);
        // A mistyped argument was given all the same, so no error says that it is missing.
        let slot = match similar(&name.to_string(), NAMES) {
            Some("leader") => &mut self.leader,
            Some("leaders") => &mut self.leaders,
            Some("followers") => &mut self.followers,
            Some("peers") => &mut self.peers,
            Some("clients") => &mut self.clients,
            _ => return error,
        };
        slot.get_or_insert(Arg::without_value(name));
        error
    }
}

/// All up to the next comma, and where it is. One within an expression, as in `f::<A, B>()`, is none.
fn piece(input: ParseStream<'_>) -> Result<(TokenStream, Span)> {
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
    Ok((piece, input.span()))
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
        return refuse(&name, format!("`{name}` is given twice: remove one"));
    }
    let arg = slot.insert(Arg::without_value(name));
    equals(&arg.name, example, input)?;
    arg.written = input.fork().parse()?;
    let value = read(input)?;
    ended(input)?;
    arg.value = Some(value);
    Ok(())
}

/// Reads an argument that has a value, or stands alone for all.
fn either<T: Default>(
    slot: &mut Option<Arg<T>>,
    name: Ident,
    example: &str,
    input: ParseStream<'_>,
    read: fn(ParseStream<'_>) -> Result<T>,
) -> Result<()> {
    if !input.is_empty() || slot.is_some() {
        return once(slot, name, example, input, read);
    }
    slot.insert(Arg::without_value(name)).value = Some(T::default());
    Ok(())
}

/// Reads an argument that has no value.
fn flag(slot: &mut Option<Arg<()>>, name: Ident, input: ParseStream<'_>) -> Result<()> {
    if slot.is_some() {
        return refuse(&name, format!("`{name}` is given twice: remove one"));
    }
    let arg = slot.insert(Arg::without_value(name));
    if !input.is_empty() {
        let message = format!("`{}` takes no value: write it alone", arg.name);
        return refuse(input.parse::<TokenStream>()?, message);
    }
    arg.value = Some(());
    Ok(())
}

/// Reads the `=` before a value.
fn equals(name: &Ident, example: &str, input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![==]) || input.peek(Token![=>]) {
        let sign: [TokenTree; 2] = [input.parse()?, input.parse()?];
        let message = format!("expected `=` alone: write `{example}`");
        return refuse(quote!(#(#sign)*), message);
    }
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() {
        return refuse(name, format!("`{name}` needs a value: write `{example}`"));
    }
    Ok(())
}
