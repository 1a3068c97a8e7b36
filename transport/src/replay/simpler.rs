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
