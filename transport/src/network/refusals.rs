//! Which refused sends have been noted: of a loop of them, not each.

use crate::contract::shard_id::ShardId;
use crate::trace::record::Kind;

/// How many are noted in one millisecond.
const MOST: usize = 64;

/// Those of one millisecond.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    at: u64,
    noted: Vec<(ShardId, ShardId, Kind)>,
}

impl Refusals {
    /// Whether one is to be noted, as it is the first of its kind.
    pub(super) fn is_new(&mut self, at: u64, what: (ShardId, ShardId, Kind)) -> bool {
        if self.at != at {
            self.at = at;
            self.noted.clear();
        }
        let new = self.noted.len() < MOST && !self.noted.contains(&what);
        if new {
            self.noted.push(what);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_kind_and_millisecond_is_new() {
        let mut refusals = Refusals::default();
        let what = |to| (ShardId(0), ShardId(to), Kind::RefusedClosed);
        assert!(refusals.is_new(0, what(1)) && refusals.is_new(0, what(2)));
        assert!(!refusals.is_new(0, what(1)));
        assert!(refusals.is_new(1, what(1)));
    }
}
