//! Links written by hand: between shards of the mesh, and none of them twice.

use std::collections::BTreeSet;

use quote::quote;

use super::shards::Shards;
use crate::attribute::args::links::Link;
use crate::attribute::base::mistakes::Mistakes;

/// The links in the order written, one pair for each way.
pub(crate) fn check(links: &[Link], shards: &Shards, mistakes: &mut Mistakes) -> Vec<(u64, u64)> {
    let declared: BTreeSet<_> = shards.served().iter().collect();
    let argument = shards.leaders.map_or("peers", |_| "followers");
    let (mut pairs, mut seen) = (Vec::new(), BTreeSet::new());
    for link in links {
        for id in [&link.from, &link.to] {
            if !declared.contains(&id.value) {
                let shard = id.value;
                let message = if shards.ids.contains(&shard) {
                    format!(
                        "shard {shard} is a client, which is wired with all others: remove it here"
                    )
                } else {
                    format!("shard {shard} is not in the mesh: add it to `{argument}`")
                };
                mistakes.at(&id.literal, message);
            }
        }
        let (first, last) = (&link.from.literal, &link.to.literal);
        let (place, from, to) = (quote!(#first #last), link.from.value, link.to.value);
        if from == to {
            mistakes.at(place, "a shard has no link to itself: remove it");
            continue;
        }
        let back = link.both_ways.then_some((to, from));
        for (from, to) in [(from, to)].into_iter().chain(back) {
            if seen.insert((from, to)) {
                pairs.push((from, to));
            } else {
                let message = format!("the link {from} -> {to} is written twice: remove one");
                mistakes.at(&place, message);
            }
        }
    }
    pairs
}
