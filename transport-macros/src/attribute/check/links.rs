//! Links written by hand: between shards of the mesh, and none of them twice.

use std::collections::BTreeSet;

use super::shards::Shards;
use crate::attribute::args::links::Link;
use crate::attribute::base::mistakes::Mistakes;

/// The links in the order written, one pair for each way.
pub(crate) fn check(links: &[Link], shards: &Shards, mistakes: &mut Mistakes) -> Vec<(u64, u64)> {
    let declared: BTreeSet<_> = shards.ids().into_iter().collect();
    let argument = match shards {
        Shards::Roles { .. } => "followers",
        Shards::Peers(_) => "peers",
    };
    let (mut pairs, mut seen) = (Vec::new(), BTreeSet::new());
    for link in links {
        for id in [&link.from, &link.to] {
            let shard = id.value;
            if !declared.contains(&shard) {
                let message = format!("shard {shard} is not in the mesh: add it to `{argument}`");
                mistakes.at(id, message);
            }
        }
        if link.from.value == link.to.value {
            mistakes.at(link, "a shard has no link to itself: remove it");
            continue;
        }
        for (from, to) in link.pairs() {
            if seen.insert((from, to)) {
                pairs.push((from, to));
            } else {
                let message = format!("the link {from} -> {to} is written twice: remove one");
                mistakes.at(link, message);
            }
        }
    }
    pairs
}
