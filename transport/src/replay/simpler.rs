//! In which ways one decision can be made simpler.

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::{Crash, Episode, What};
use crate::decision::choice::Decision;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A crash keeps all that was written.
    KeepsAll,
    /// What a crashed shard has sent arrives.
    Arrives,
    /// One shard less.
    Without(ShardId),
}

/// The ways in which it may become simpler, beside [`value`].
pub(super) fn ways(decision: &Decision) -> Vec<Way> {
    let Decision::Episode(Episode { what, .. }) = decision else {
        return Vec::new();
    };
    let mut ways = Vec::new();
    let shards = what.shards();
    ways.extend(shards.into_iter().map(Way::Without));
    if let What::Crash(crash) = what {
        ways.extend(crash.keeping.map(|_| Way::KeepsAll));
        ways.extend((!crash.in_flight_arrives).then_some(Way::Arrives));
    }
    ways
}

/// The same, simpler; `None` where that is not possible any more.
pub(super) fn simpler(decision: &Decision, way: Way) -> Option<Decision> {
    let Decision::Episode(episode) = decision else {
        return None;
    };
    let what = match (way, &episode.what) {
        (Way::Without(shard), what) => what.without(shard)?,
        (Way::KeepsAll, What::Crash(crash)) => What::Crash(Crash {
            keeping: None,
            ..crash.clone()
        }),
        (Way::Arrives, What::Crash(crash)) => What::Crash(Crash {
            in_flight_arrives: true,
            ..crash.clone()
        }),
        _ => return None,
    };
    Some(Decision::Episode(Episode {
        what,
        ..episode.clone()
    }))
}

/// A number of it of which less is simpler: the place among its choices, or how long it lasts.
pub(super) fn value(decision: &Decision) -> Option<u128> {
    match decision {
        Decision::OnSegment(_) => None,
        Decision::Asked(it) => Some(it.place),
        Decision::Episode(it) => Some(it.lasting.into()),
    }
}

/// The same with another such number.
pub(super) fn with_value(decision: &Decision, value: u128) -> Decision {
    let mut decision = decision.clone();
    match &mut decision {
        Decision::OnSegment(_) => {}
        Decision::Asked(it) => it.place = value,
        Decision::Episode(it) => it.lasting = u64::try_from(value).unwrap_or(u64::MAX),
    }
    decision
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::chaos::episode::{Begins, Which};

    fn episode(what: What) -> Decision {
        Decision::Episode(Episode {
            mesh: 0,
            begins: Begins::At(1),
            began: 1,
            lasting: 7,
            what,
        })
    }

    fn simplest(mut decision: Decision) -> Decision {
        loop {
            let mut ways = ways(&decision).into_iter();
            match ways.find_map(|way| simpler(&decision, way)) {
                Some(simpler) => decision = simpler,
                None => return decision,
            }
        }
    }

    #[test]
    fn a_crash_becomes_one_of_one_shard_that_keeps_all() {
        let crash = |shards: &[u64], keeping, in_flight_arrives| {
            episode(What::Crash(Crash {
                shards: shards.iter().copied().map(ShardId).collect(),
                keeping,
                in_flight_arrives,
            }))
        };
        let found = simplest(crash(&[1, 2, 3], Some(2), false));
        assert_eq!(found, crash(&[3], None, true));
        assert_eq!(
            simplest(crash(&[1], Some(0), false)),
            crash(&[1], None, true)
        );
    }

    #[test]
    fn a_partition_keeps_one_shard_on_each_side() {
        let between = |left: &[u64], right: &[u64]| {
            let shards = |ids: &[u64]| ids.iter().copied().map(ShardId).collect();
            episode(What::Cut(Which::Between(shards(left), shards(right))))
        };
        let found = simplest(between(&[1, 2], &[3, 4]));
        assert_eq!(found, between(&[2], &[4]));
        assert_eq!(value(&found), Some(7));
        assert_eq!(value(&with_value(&found, 3)), Some(3));
    }
}
