//! Values that are one of a few words: of a topology, of a runtime, and the path of a crate.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitBool, LitStr, Path, Result};

use super::quoted::quoted;
use super::similar::{one_of, unknown};
use crate::attribute::base::tokens::{refuse, wrong};

#[derive(Clone, Copy)]
pub(crate) enum Topology {
    Star,
    Duplex,
    Full,
    Chain,
    Ring,
}

#[derive(Clone, Copy)]
pub(crate) enum Flavor {
    CurrentThread,
    MultiThread,
}

/// `topology = ring`
pub(crate) fn topology(input: ParseStream<'_>) -> Result<Topology> {
    const NAMES: [&str; 5] = ["star", "duplex", "full", "chain", "ring"];
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        let message = format!("a topology has no quotes: write `{}`", literal.value());
        return refuse(literal, message);
    }
    let Ok(name) = input.call(Ident::parse_any) else {
        return wrong(input, one_of(&NAMES));
    };
    match &*name.to_string() {
        "star" => Ok(Topology::Star),
        "duplex" => Ok(Topology::Duplex),
        "full" => Ok(Topology::Full),
        "chain" => Ok(Topology::Chain),
        "ring" => Ok(Topology::Ring),
        _ => Err(unknown("topology", &name, &NAMES)),
    }
}

/// `flavor = "multi_thread"`
pub(crate) fn flavor(input: ParseStream<'_>) -> Result<Flavor> {
    const EXPECTED: &str = "expected `\"current_thread\"` or `\"multi_thread\"`";
    quoted(input, EXPECTED, |text| match text {
        "current_thread" => Ok(Flavor::CurrentThread),
        "multi_thread" => Ok(Flavor::MultiThread),
        other => Err(format!("unknown flavor `{other}`: {EXPECTED}")),
    })
}

/// `start_paused = false`
pub(crate) fn true_or_false(input: ParseStream<'_>) -> Result<bool> {
    if !input.peek(LitBool) {
        return wrong(input, "expected `true` or `false`");
    }
    Ok(input.parse::<LitBool>()?.value)
}

/// `crate = path`, without generics.
pub(crate) fn path(input: ParseStream<'_>) -> Result<Path> {
    let written: TokenStream = input.fork().parse()?;
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        let message = format!(
            "expected a path: write `{}` without the quotes",
            literal.value()
        );
        return refuse(literal, message);
    }
    let expected = "expected a path, such as `path::to::shard_mesh`";
    let path = input.call(Path::parse_mod_style);
    path.or_else(|_| refuse(written, expected))
}
