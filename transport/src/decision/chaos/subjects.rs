//! Whom an episode befalls.

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::draws::{Drawn, Pace};
use crate::decision::chaos::episode::{Crash, What, Which};
use crate::decision::chaos::kind::Kind;
use crate::decision::latency::Latency;
use crate::ordered::sort_by;

/// Who is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidates {
    /// All shards but clients, in order.
    pub(crate) shards: Vec<ShardId>,
    pub(crate) clients: Vec<ShardId>,
    /// Those of the shards that chaos is for.
    pub(crate) among: Vec<ShardId>,
    /// All links that are open, in order.
    pub(crate) links: Vec<(ShardId, ShardId)>,
    /// Those whose node runs, and which nobody has paused.
    pub(crate) up: Vec<ShardId>,
    /// How many of them may go down now.
    pub(crate) room: usize,
    /// Whether a power cut may take more than that.
    pub(crate) power_cuts: bool,
    /// At whom the test aims.
    pub(crate) target: Vec<ShardId>,
}

/// What an episode does, and the shard that it is about if it is about one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Does {
    pub(crate) what: Acts,
    pub(crate) about: Option<ShardId>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Acts {
    /// Which is a decision.
    What(What),
    /// What these do is a decision for each segment.
    Slow(Which, Latency),
    /// With a probability in thousandths.
    Lossy(Which, u64),
}

/// What the episode does, if there is anybody to whom it can be done.
pub(crate) fn choose(drawn: Drawn, pace: Pace, of: &Candidates) -> Option<Does> {
    let about = |what, shard| Does {
        what: Acts::What(what),
        about: Some(shard),
    };
    match drawn.kind {
        Kind::Partition => partition(drawn, of),
        Kind::OneWay => some_links(drawn, of).map(|(which, at)| about(What::Cut(which), at)),
        Kind::Stall => some_links(drawn, of).map(|(which, at)| about(What::Hold(which), at)),
        Kind::Slow => some_links(drawn, of).map(|(which, at)| Does {
            what: Acts::Slow(which, drawn.latency(pace)),
            about: Some(at),
        }),
        Kind::Lossy => some_links(drawn, of).map(|(which, at)| Does {
            what: Acts::Lossy(which, drawn.loss()),
            about: Some(at),
        }),
        Kind::Pause => {
            let shard = first(drawn, of, &of.up).filter(|_| of.room > 0)?;
            Some(about(What::Pause(shard), shard))
        }
        Kind::Clock => {
            let shard = first(drawn, of, &of.shards)?;
            Some(about(What::Clock(shard, drawn.wrong(pace)), shard))
        }
        Kind::Crash => crash(drawn, of),
    }
}

/// These in the order in which they are chosen, the target before all others.
fn by_rank(drawn: Drawn, of: &Candidates, shards: &[ShardId]) -> Vec<ShardId> {
    let among = shards.iter().copied().filter(|it| of.among.contains(it));
    let mut ranked: Vec<_> = among
        .map(|shard| (!of.target.contains(&shard), drawn.rank(shard), shard))
        .collect();
    sort_by(&mut ranked, Ord::cmp);
    ranked.into_iter().map(|(_, _, shard)| shard).collect()
}

fn first(drawn: Drawn, of: &Candidates, shards: &[ShardId]) -> Option<ShardId> {
    by_rank(drawn, of, shards).first().copied()
}

fn crash(drawn: Drawn, of: &Candidates) -> Option<Does> {
    let mut shards = by_rank(drawn, of, &of.up);
    if !(of.power_cuts && drawn.is_power_cut()) {
        let mut taken = 1;
        while drawn.takes_further(taken) {
            taken += 1;
        }
        shards.truncate(taken.min(of.room));
    }
    let about = *shards.first()?;
    Some(Does {
        what: Acts::What(What::Crash(Crash {
            shards,
            keeping: None,
            in_flight_arrives: drawn.in_flight_arrives(),
        })),
        about: Some(about),
    })
}

/// The shards whose links an episode may take.
fn ends(drawn: Drawn, of: &Candidates) -> Vec<ShardId> {
    let mut ends = of.shards.clone();
    let both = |(from, to): &(ShardId, ShardId)| ends.contains(from) && ends.contains(to);
    if drawn.takes_in_clients() || !of.links.iter().any(both) {
        ends.extend(&of.clients);
    }
    ends
}

fn partition(drawn: Drawn, of: &Candidates) -> Option<Does> {
    let ends = ends(drawn, of);
    let victim = first(drawn, of, &ends)?;
    let leaves = |shard: ShardId| of.among.contains(&shard) && drawn.rank(shard) % 2 == 0;
    let (mut left, mut right): (Vec<_>, Vec<_>) = ends.iter().partition(|it| leaves(**it));
    let alone = drawn.isolates() || left.is_empty() || right.is_empty();
    if alone {
        left = vec![victim];
        right = ends.into_iter().filter(|it| *it != victim).collect();
    }
    let crosses = |(from, to): &(ShardId, ShardId)| {
        (left.contains(from) && right.contains(to)) || (right.contains(from) && left.contains(to))
    };
    of.links.iter().any(crosses).then(|| Does {
        about: alone.then_some(victim),
        what: Acts::What(What::Cut(Which::Between(left, right))),
    })
}

/// One link, all that lead from a shard, or all that lead to one; and that shard.
fn some_links(drawn: Drawn, of: &Candidates) -> Option<(Which, ShardId)> {
    let ends = ends(drawn, of);
    let is_taken = |(from, to): &&(ShardId, ShardId)| {
        ends.contains(from)
            && ends.contains(to)
            && (of.among.contains(from) || of.among.contains(to))
    };
    let links: Vec<_> = of
        .links
        .iter()
        .copied()
        .filter(|it| is_taken(&it))
        .collect();
    let takes_all = ends.len() == of.shards.len() + of.clients.len();
    let shape = drawn.shape(3);
    if shape > 0 {
        // All on one side of a shard.
        let side =
            |(from, to): (ShardId, ShardId)| if shape == 1 { (from, to) } else { (to, from) };
        let near: Vec<_> = ends
            .iter()
            .copied()
            .filter(|end| links.iter().any(|link| side(*link).0 == *end))
            .collect();
        let shard = first(drawn, of, &near)?;
        let others = links.iter().map(|link| side(*link));
        let others = others.filter(|(near, _)| *near == shard);
        let others: Vec<_> = others.map(|(_, far)| far).collect();
        let which = match (shape, takes_all) {
            (1, true) => Which::From(shard),
            (1, false) => Which::Leading(vec![shard], others),
            (_, true) => Which::To(shard),
            (_, false) => Which::Leading(others, vec![shard]),
        };
        return Some((which, shard));
    }
    let mut ranked: Vec<_> = links
        .into_iter()
        .map(|(from, to)| {
            let aimed = of.target.contains(&from) || of.target.contains(&to);
            (!aimed, drawn.rank_of_link((from, to)), (from, to))
        })
        .collect();
    sort_by(&mut ranked, Ord::cmp);
    let (_, _, (from, to)) = *ranked.first()?;
    Some((Which::Link(from, to), from))
}
