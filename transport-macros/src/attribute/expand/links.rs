//! Connecting the shards: link by link where there are few, else in loops.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::values::{chain, number};
use crate::attribute::base::hygiene::hygienic;
use crate::attribute::base::run::Run;
use crate::attribute::check::wiring::Wiring;

/// More links than these are in a loop, which takes rustc as long as six calls.
const FEW: usize = 4;

pub(super) fn connect(krate: &TokenStream, wiring: &Wiring) -> TokenStream {
    match wiring {
        Wiring::Listed(pairs) => listed(krate, pairs),
        Wiring::Star { leaders, followers } => {
            each_with_each(leaders, followers, |leader, follower| {
                link(krate, leader, follower)
            })
        }
        Wiring::Duplex { leaders, followers } => {
            each_with_each(leaders, followers, |leader, follower| {
                let (there, back) = (link(krate, leader, follower), link(krate, follower, leader));
                quote!(#there #back)
            })
        }
        Wiring::Full(runs) => full(krate, &chain(runs)),
        Wiring::Line { first, last, ring } => line(krate, *first, *last, *ring),
    }
}

fn link(krate: &TokenStream, from: impl ToTokens, to: impl ToTokens) -> TokenStream {
    hygienic!(factory.connect(#krate::ShardId(#from), #krate::ShardId(#to));)
}

// Output:
//     factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
//     factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(2));
//
// Output, for more than a few:
//     for (from, to) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
//         factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
//     }
fn listed(krate: &TokenStream, pairs: &[(u64, u64)]) -> TokenStream {
    if pairs.len() <= FEW {
        let links = pairs
            .iter()
            .map(|(from, to)| link(krate, number(*from), number(*to)));
        return links.collect();
    }
    let from = pairs.iter().map(|(from, _)| number(*from));
    let to = pairs.iter().map(|(_, to)| number(*to));
    let link = link(krate, hygienic!(from), hygienic!(to));
    hygienic!(for (from, to) in [#((#from, #to)),*] { #link })
}

// Output:
//     for follower in 1..=1000 {
//         factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(follower));
//     }
fn each_with_each(
    leaders: &Run,
    followers: &Run,
    connect: impl Fn(&TokenStream, &TokenStream) -> TokenStream,
) -> TokenStream {
    let (leader, follower) = (hygienic!(leader), hygienic!(follower));
    match (sole(leaders), sole(followers)) {
        (Some(leader), _) => {
            let connect = connect(&leader, &follower);
            hygienic!(for #follower in #followers { #connect })
        }
        (None, Some(follower)) => {
            let connect = connect(&leader, &follower);
            hygienic!(for #leader in #leaders { #connect })
        }
        (None, None) => {
            let connect = connect(&leader, &follower);
            hygienic!(for #leader in #leaders { for #follower in #followers { #connect } })
        }
    }
}

/// The id, where there is only one.
fn sole(run: &Run) -> Option<TokenStream> {
    (run.count() == 1).then(|| {
        run.ids()
            .into_iter()
            .map(number)
            .map(ToTokens::into_token_stream)
            .collect()
    })
}

// Output:
//     for from in 0..1000 {
//         for to in 0..1000 {
//             if from != to {
//                 factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(to));
//             }
//         }
//     }
fn full(krate: &TokenStream, ids: &TokenStream) -> TokenStream {
    let link = link(krate, hygienic!(from), hygienic!(to));
    hygienic! {
        for from in #ids {
            for to in #ids {
                if from != to { #link }
            }
        }
    }
}

// Output:
//     for from in 0..999 {
//         factory.connect(::shard_mesh::ShardId(from), ::shard_mesh::ShardId(from + 1));
//     }
//     factory.connect(::shard_mesh::ShardId(999), ::shard_mesh::ShardId(0));
fn line(krate: &TokenStream, first: u64, last: u64, ring: bool) -> TokenStream {
    let (first, last) = (number(first), number(last));
    let next = link(krate, hygienic!(from), hygienic!(from + 1));
    let close = ring.then(|| link(krate, &last, &first));
    hygienic! {
        for from in #first..#last { #next }
        #close
    }
}
