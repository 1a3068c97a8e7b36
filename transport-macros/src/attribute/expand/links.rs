//! Connecting the shards: link by link where there are few, else in loops.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::values::{chain, number};
use crate::attribute::base::hygiene::hygienic;
use crate::attribute::base::run::Run;
use crate::attribute::check::wiring::Wiring;

/// More links than these are in a loop, which takes rustc as long as six calls.
const FEW: usize = 4;

pub(super) fn connect(krate: &TokenStream, wiring: &Wiring) -> TokenStream {
    match wiring {
        Wiring::Listed(pairs) => listed(krate, pairs),
        Wiring::Star(leaders, followers, both_ways) => {
            let names = [hygienic!(leader), hygienic!(follower)];
            star(krate, names, [leaders, followers], *both_ways)
        }
        Wiring::Clients(clients, served) => star(
            krate,
            [hygienic!(client), hygienic!(shard)],
            [clients, served],
            true,
        ),
        Wiring::Full(runs) => full(krate, &chain(runs)),
        Wiring::Line(first, last, ring) => line(krate, *first, *last, *ring),
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
    let pairs = pairs.iter().map(|(from, to)| (number(*from), number(*to)));
    if pairs.len() <= FEW {
        return pairs.map(|(from, to)| link(krate, from, to)).collect();
    }
    let pairs = pairs.map(|(from, to)| hygienic!((#from, #to)));
    let link = link(krate, hygienic!(from), hygienic!(to));
    hygienic!(for (from, to) in [#(#pairs),*] { #link })
}

// Output:
//     for follower in 1..=1000 {
//         factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(follower));
//     }
fn star(
    krate: &TokenStream,
    [leader, follower]: [TokenStream; 2],
    [leaders, followers]: [&[Run]; 2],
    both_ways: bool,
) -> TokenStream {
    let (sole_leader, sole_follower) = (sole(leaders), sole(followers));
    let leader = sole_leader.clone().unwrap_or(leader);
    let follower = sole_follower.clone().unwrap_or(follower);
    let mut connect = link(krate, &leader, &follower);
    connect.extend(both_ways.then(|| link(krate, &follower, &leader)));
    if sole_follower.is_none() {
        let followers = chain(followers);
        connect = hygienic!(for #follower in #followers { #connect });
    }
    if sole_leader.is_none() {
        let leaders = chain(leaders);
        connect = hygienic!(for #leader in #leaders { #connect });
    }
    connect
}

/// The id, where there is only one.
fn sole(runs: &[Run]) -> Option<TokenStream> {
    match runs {
        [Run::Listed(ids)] if ids.len() == 1 => Some(number(ids[0]).into_token_stream()),
        _ => None,
    }
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
    hygienic!(for from in #ids { for to in #ids { if from != to { #link } } })
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
    hygienic!(for from in #first..#last { #next } #close)
}
