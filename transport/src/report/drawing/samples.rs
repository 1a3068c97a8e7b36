//! Timelines for the tests of this folder.

use std::collections::HashSet;
use std::panic::Location;
use std::time::Duration;

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::trace::event::{Event, EventKind};
use crate::trace::fault_info::{FaultInfo, Verb};
use crate::trace::timeline::{Labels, Timeline};

/// A segment of the link from shard 0 to shard 1.
pub(crate) fn segment(number: u64) -> Segment {
    Segment {
        from: ShardId(0),
        to: ShardId(1),
        number,
    }
}

/// All at one moment, in a mesh of the shards `0..shards`.
pub(crate) fn timeline(shards: u64, kinds: impl IntoIterator<Item = EventKind>) -> Timeline {
    let events = kinds.into_iter().map(|kind| Event {
        at: Duration::ZERO,
        kind,
    });
    Timeline {
        shards: (0..shards).map(ShardId).collect(),
        events: events.collect(),
        forgotten: 0,
        labels: Labels::new(),
        decided: HashSet::new(),
    }
}

/// A fault on that link.
pub(crate) fn fault(verb: Verb, what: &str) -> FaultInfo {
    fault_on(verb, what, &[(0, 1)])
}

pub(crate) fn fault_on(verb: Verb, what: &str, links: &[(u64, u64)]) -> FaultInfo {
    let links = links
        .iter()
        .map(|(from, to)| (ShardId(*from), ShardId(*to)));
    FaultInfo {
        what: what.to_owned(),
        asked: Location::caller(),
        links: links.collect(),
        verb,
        by_chaos: None,
    }
}
