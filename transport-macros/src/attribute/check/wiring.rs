//! Who is wired to whom.

use super::links;
use super::shards::Shards;
use crate::attribute::args::topology::Topology;
use crate::attribute::args::{Arg, Args};
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::run::{Run, joined};

/// More links than these are not listed, but made by loops.
const FEW: u128 = 16;

/// The links of the mesh, in the form in which a person would write them.
pub(crate) enum Wiring {
    Listed(Vec<(u64, u64)>),
    Star {
        leaders: Run,
        followers: Run,
    },
    Duplex {
        leaders: Run,
        followers: Run,
    },
    Full(Vec<Run>),
    /// Each to the next one of `first..=last`, and in a ring the last to the first.
    Line {
        first: u64,
        last: u64,
        ring: bool,
    },
}

impl Wiring {
    pub(crate) fn check(
        args: &Args,
        shards: Option<&Shards>,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        if let (Some(topology), Some(_)) = (&args.topology, &args.links) {
            mistakes.at(
                &topology.name,
                "`topology` and `links` exclude each other: \
                 `links` is the whole wiring, remove one",
            );
        }
        let shards = shards?;
        if let Some(links) = &args.links {
            let links = links::check(links.value.as_ref()?, shards, mistakes);
            return Some(Self::Listed(links));
        }
        let topology = match &args.topology {
            Some(topology) => fitting(topology, shards, mistakes)?,
            None if matches!(shards, Shards::Peers(_)) => Topology::Full,
            None => Topology::Star,
        };
        Some(wiring(topology, shards))
    }
}

fn fitting(arg: &Arg<Topology>, shards: &Shards, mistakes: &mut Mistakes) -> Option<Topology> {
    let topology = arg.value?;
    if matches!(
        (topology, shards),
        (Topology::Star | Topology::Duplex, Shards::Peers(_))
    ) {
        let name = &arg.written;
        mistakes.at(
            name,
            format!(
                "`{name}` needs a leader, peers have none: use `full`, `chain` or `ring`, \
                 or `leader` and `followers` in place of `peers`"
            ),
        );
        return None;
    }
    Some(topology)
}

fn wiring(topology: Topology, shards: &Shards) -> Wiring {
    match (topology, shards) {
        (Topology::Full, _) => full(shards),
        (Topology::Chain, _) => line(shards, false),
        (Topology::Ring, _) => line(shards, true),
        (
            Topology::Star | Topology::Duplex,
            Shards::Roles {
                leaders,
                followers: Some(followers),
            },
        ) if topology == Topology::Star => star(leaders, followers),
        (
            _,
            Shards::Roles {
                leaders,
                followers: Some(followers),
            },
        ) => duplex(leaders, followers),
        (Topology::Star | Topology::Duplex, _) => Wiring::Listed(Vec::new()),
    }
}

fn star(leaders: &Run, followers: &Run) -> Wiring {
    if leaders.count() * followers.count() > FEW {
        return Wiring::Star {
            leaders: leaders.clone(),
            followers: followers.clone(),
        };
    }
    Wiring::Listed(each_with_each(&leaders.ids(), &followers.ids()))
}

fn duplex(leaders: &Run, followers: &Run) -> Wiring {
    if 2 * leaders.count() * followers.count() > FEW {
        return Wiring::Duplex {
            leaders: leaders.clone(),
            followers: followers.clone(),
        };
    }
    let mut pairs = Vec::new();
    for (leader, follower) in each_with_each(&leaders.ids(), &followers.ids()) {
        pairs.extend([(leader, follower), (follower, leader)]);
    }
    Wiring::Listed(pairs)
}

fn full(shards: &Shards) -> Wiring {
    let ids = shards.ids();
    if (ids.len() * ids.len().saturating_sub(1)) as u128 > FEW {
        return Wiring::Full(joined(&shards.runs()));
    }
    let mut pairs = each_with_each(&ids, &ids);
    pairs.retain(|(from, to)| from != to);
    Wiring::Listed(pairs)
}

/// A ring of one shard has no link: the only one would lead to itself.
fn line(shards: &Shards, ring: bool) -> Wiring {
    let ids = shards.ids();
    let mut pairs: Vec<_> = ids.windows(2).map(|pair| (pair[0], pair[1])).collect();
    if let (true, [first, .., last]) = (ring, &*ids) {
        pairs.push((*last, *first));
    }
    match &*joined(&shards.runs()) {
        [Run::Range { first, last, .. }] if pairs.len() as u128 > FEW => Wiring::Line {
            first: *first,
            last: *last,
            ring,
        },
        _ => Wiring::Listed(pairs),
    }
}

fn each_with_each(left: &[u64], right: &[u64]) -> Vec<(u64, u64)> {
    let mut pairs = Vec::new();
    for from in left {
        for to in right {
            pairs.push((*from, *to));
        }
    }
    pairs
}
