//! One call of a client, as it was recorded.

use crate::contract::shard_id::ShardId;
use crate::history::sequential::Spec;

/// One call of a client.
pub(super) struct Recorded<S: Spec> {
    pub(super) client: ShardId,
    pub(super) op: S::Op,
    pub(super) invoked: Moment,
    pub(super) outcome: Outcome<S::Ret>,
}

/// When a call began, or ended: its place among all that began and ended, and the time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) place: u64,
    pub(super) at: u64,
    /// The mark in the lane of the client, if that is a shard.
    pub(super) mark: Option<u64>,
}

pub(super) enum Outcome<R> {
    /// The client waits, or will never know.
    Unknown,
    Returned(Moment, R),
    /// It certainly did not happen.
    Failed,
}
