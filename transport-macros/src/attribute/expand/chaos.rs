//! Switching chaos on.

use proc_macro2::{Ident, TokenStream};

use super::values::chain;
use crate::attribute::base::hygiene::hygienic;
use crate::attribute::check::chaos::Chaos;

// Output:
//     mesh.chaos()
//         .kinds([::shard_mesh::Kind::Partition, ::shard_mesh::Kind::Crash])
//         .clients([10, 11]);
pub(super) fn switch_on(krate: &TokenStream, chaos: &Chaos) -> TokenStream {
    let kinds = chaos.kinds.iter().map(variant);
    let kinds = if chaos.kinds.is_empty() {
        hygienic!(.all_kinds())
    } else {
        hygienic!(.kinds([#(#krate::Kind::#kinds),*]))
    };
    let clients = chaos.clients.as_ref().map(|runs| {
        let clients = chain(runs);
        hygienic!(.clients(#clients))
    });
    hygienic!(mesh.chaos() #kinds #clients;)
}

/// `one_way` is `OneWay`.
fn variant(kind: &Ident) -> Ident {
    let mut variant = String::new();
    for word in kind.to_string().split('_') {
        let (first, rest) = word.split_at(1);
        variant += &first.to_uppercase();
        variant += rest;
    }
    Ident::new(&variant, kind.span())
}
