//! Who is wired to whom.

use super::links;
use super::shards::Shards;
use crate::attribute::args::Args;
use crate::attribute::args::words::Topology;
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::run::Run;

/// More links than these are not listed, but made by loops.
const FEW: usize = 16;

/// The links of the mesh, in the form in which a person would write them.
pub(crate) enum Wiring {
    Listed(Vec<(u64, u64)>),
    /// Each leader to each follower, and whether back as well.
    Star(Vec<Run>, Vec<Run>, bool),
    Full(Vec<Run>),
    /// Each client to each of the others, and back.
    Clients(Vec<Run>, Vec<Run>),
    /// Each to the next, from the first to the last, and whether that to the first.
    Line(u64, u64, bool),
}

impl Wiring {
    /// That of all but the clients, and that of the clients.
    pub(crate) fn check(
        args: &Args,
        shards: Option<&Shards>,
        mistakes: &mut Mistakes,
    ) -> Option<Vec<Self>> {
        let wiring = Self::of_served(args, shards, mistakes)?;
        let clients = shards.and_then(clients);
        Some([Some(wiring), clients].into_iter().flatten().collect())
    }

    fn of_served(args: &Args, shards: Option<&Shards>, mistakes: &mut Mistakes) -> Option<Self> {
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
            Some(topology) => topology.value?,
            None if shards.leaders.is_some() => Topology::Star,
            None => Topology::Full,
        };
        match (topology, shards.leaders) {
            (Topology::Full, _) => Some(full(shards)),
            (Topology::Chain, _) => Some(line(shards, false)),
            (Topology::Ring, _) => Some(line(shards, true)),
            (Topology::Star, Some(leaders)) => Some(star(shards, leaders, false)),
            (Topology::Duplex, Some(leaders)) => Some(star(shards, leaders, true)),
            (Topology::Star | Topology::Duplex, None) => {
                let name = &args.topology.as_ref()?.written;
                let message = format!(
                    "`{name}` needs a leader, peers have none: use `full`, `chain` or `ring`, \
                     or `leader` and `followers` in place of `peers`"
                );
                mistakes.at(name, message);
                None
            }
        }
    }
}

fn star(shards: &Shards, leaders: usize, both_ways: bool) -> Wiring {
    let served = shards.served;
    let (leading, following) = shards.served().split_at(leaders);
    if leading.len() * following.len() * (1 + usize::from(both_ways)) > FEW {
        let (leading, following) = (shards.runs(..leaders), shards.runs(leaders..served));
        return Wiring::Star(leading, following, both_ways);
    }
    Wiring::Listed(pairs(leading, following, both_ways))
}

/// Each client to each shard that is none, both ways.
fn clients(shards: &Shards) -> Option<Wiring> {
    let (served, clients) = shards.ids.split_at(shards.served);
    if clients.is_empty() {
        return None;
    }
    if 2 * clients.len() * served.len() > FEW {
        let (served, clients) = (shards.runs(..shards.served), shards.runs(shards.served..));
        return Some(Wiring::Clients(clients, served));
    }
    Some(Wiring::Listed(pairs(clients, served, true)))
}

fn pairs(left: &[u64], right: &[u64], both_ways: bool) -> Vec<(u64, u64)> {
    let mut pairs = Vec::new();
    for from in left {
        for to in right {
            pairs.push((*from, *to));
            pairs.extend(both_ways.then_some((*to, *from)));
        }
    }
    pairs
}

fn full(shards: &Shards) -> Wiring {
    let ids = shards.served();
    if ids.len() * (ids.len() - 1) > FEW {
        return Wiring::Full(shards.runs(..shards.served));
    }
    let pairs = ids
        .iter()
        .flat_map(|from| ids.iter().map(|to| (*from, *to)));
    Wiring::Listed(pairs.filter(|(from, to)| from != to).collect())
}

/// A ring of one shard has no link: the only one would lead to itself.
fn line(shards: &Shards, ring: bool) -> Wiring {
    let ids = shards.served();
    let mut pairs: Vec<_> = ids.windows(2).map(|pair| (pair[0], pair[1])).collect();
    if let (true, [first, .., last]) = (ring, ids) {
        pairs.push((*last, *first));
    }
    match *shards.runs(..shards.served) {
        [Run::Range(first, last, _)] if pairs.len() > FEW => Wiring::Line(first, last, ring),
        _ => Wiring::Listed(pairs),
    }
}
