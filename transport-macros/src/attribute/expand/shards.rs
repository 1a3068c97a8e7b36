//! Making the endpoints and handing them to the parameters.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};

use super::values::{iterator, number};
use crate::attribute::base::hygiene::hygienic;
use crate::attribute::check::parameters::{Parameter, Takes};
use crate::attribute::check::types::List;

// Output:
//     let shard_0 = factory.create(::shard_mesh::ShardId(0));
//
// Output, for a `Vec` of many:
//     let shards = (1..=1000).map(|id| factory.create(::shard_mesh::ShardId(id))).collect();
pub(super) fn create(krate: &TokenStream, parameter: &Parameter) -> TokenStream {
    let ids = match &parameter.takes {
        Takes::Shard(id) => std::slice::from_ref(id),
        Takes::List(_, ids) => ids,
        Takes::Mesh => &[],
        Takes::Collected { runs, of_dyn } => {
            // A wrong element type is found here, and not where the `Vec` is handed over.
            let span = parameter.ty;
            let shards = Ident::new("shards", span);
            let ids = iterator(runs);
            let cast = of_dyn.then(|| quote_spanned!(span=> as _));
            return quote_spanned! {span=>
                let #shards = #ids.map(|id| factory.create(#krate::ShardId(id)) #cast).collect();
            };
        }
    };
    let create = ids.iter().map(|id| {
        let (shard, id) = (shard(*id, Span::mixed_site()), number(*id));
        hygienic!(let #shard = factory.create(#krate::ShardId(#id));)
    });
    create.collect()
}

/// What the function is called with in the place of a parameter.
pub(super) fn argument(parameter: &Parameter) -> TokenStream {
    let span = parameter.ty;
    match &parameter.takes {
        Takes::Shard(id) => shard(*id, span).into_token_stream(),
        Takes::List(list, ids) => {
            let shards = ids.iter().map(|id| shard(*id, span));
            match list {
                List::Array => quote_spanned!(span=> [#(#shards),*]),
                List::Vec => quote_spanned!(span=> ::std::vec![#(#shards),*]),
            }
        }
        Takes::Collected { .. } => Ident::new("shards", span).into_token_stream(),
        Takes::Mesh => quote_spanned!(span=> factory.mesh()),
    }
}

fn shard(id: u64, span: Span) -> Ident {
    format_ident!("shard_{id}", span = span)
}
