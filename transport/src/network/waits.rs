//! Who waits, and the state of the links that this may be due to.

use std::time::Duration;

use crate::contract::shard_id::ShardId;
use crate::network::inbox::arrivals::EndpointState;
use crate::network::links::link::LinkView;
use crate::network::tasks::task::Task;
use crate::ordered::sort;

/// How many links that have carried nothing are told of for each shard: a full mesh has many.
pub(crate) const MOST_UNUSED: usize = 8;

/// Who waits in a mesh, and for what that may be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits {
    pub(crate) capacity: usize,
    pub(crate) all: Vec<Wait>,
    pub(crate) shards: Vec<ShardView>,
    /// All that were used, and the first few of the others.
    pub(crate) links: Vec<LinkView>,
    /// Those that are not over.
    pub(crate) tasks: Vec<Task>,
}

/// Some tasks that wait for the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) what: WaitFor,
    /// Since when the first of them does, in milliseconds of the test's clock.
    pub(crate) since: u64,
    pub(crate) tasks: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitFor {
    /// A segment, at this shard.
    Segment(ShardId),
    /// Room on a link.
    Room(ShardId, ShardId),
    /// The mesh to settle.
    Rest,
}

/// The state of one shard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShardView {
    pub(crate) id: ShardId,
    pub(crate) paused: bool,
    pub(crate) endpoint: EndpointState,
    /// How wrong its clock is, and whether it is ahead.
    pub(crate) clock_error: (bool, Duration),
    /// The speed of its clock in millionths of the true one, unless it has that.
    pub(crate) clock_drift: Option<u64>,
    /// How many open links lead here that have carried nothing, beyond those that are told of.
    pub(crate) unused: usize,
}

impl Waits {
    pub(crate) fn shard(&self, id: ShardId) -> Option<&ShardView> {
        self.shards.iter().find(|shard| shard.id == id)
    }

    pub(crate) fn into(&self, shard: ShardId) -> impl Iterator<Item = &LinkView> {
        self.links.iter().filter(move |link| link.to == shard)
    }

    pub(crate) fn link(&self, from: ShardId, to: ShardId) -> Option<&LinkView> {
        self.into(to).find(|link| link.from == from)
    }

    pub(crate) fn of(&self, what: WaitFor) -> Option<&Wait> {
        self.all.iter().find(|wait| wait.what == what)
    }

    /// Who waits for what, without since when: whether two runs hang in the same place.
    pub(crate) fn place(&self) -> String {
        let mut places: Vec<_> = self
            .all
            .iter()
            .map(|wait| format!("{:?}", wait.what))
            .collect();
        sort(&mut places);
        places.join(", ")
    }
}

impl Waits {
    pub(crate) fn add(&mut self, what: WaitFor, since: impl Iterator<Item = u64>) {
        let (tasks, first) = since.fold((0, u64::MAX), |(tasks, first), since| {
            (tasks + 1, first.min(since))
        });
        if tasks > 0 {
            self.all.push(Wait {
                what,
                since: first,
                tasks,
            });
        }
    }
}
