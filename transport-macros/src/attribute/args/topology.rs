//! The wiring by its name: `topology = ring`.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, LitStr, Result};

use super::similar::{one_of, unknown};
use crate::attribute::base::tokens::wrong;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topology {
    Star,
    Duplex,
    Full,
    Chain,
    Ring,
}

impl Topology {
    const NAMES: [(&'static str, Self); 5] = [
        ("star", Self::Star),
        ("duplex", Self::Duplex),
        ("full", Self::Full),
        ("chain", Self::Chain),
        ("ring", Self::Ring),
    ];

    pub(crate) fn read(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            let name = literal.value();
            let message = format!("a topology has no quotes: write `{name}`");
            return Err(Error::new_spanned(literal, message));
        }
        let names = Self::NAMES.map(|(name, _)| name);
        let Ok(name) = input.call(Ident::parse_any) else {
            return Err(wrong(input, one_of(&names)));
        };
        let known = Self::NAMES.iter().find(|(known, _)| name == known);
        known
            .map(|(_, topology)| *topology)
            .ok_or_else(|| unknown("topology", &name, &names))
    }
}
