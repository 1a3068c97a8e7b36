//! What a segment is known by in reruns. Its number shifts when an earlier one is lost and not sent
//! again; what it was, and how many like it went before it on its link, does not.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::contract::shard_id::ShardId;

/// A link of one mesh of a run.
pub(crate) type Link = (usize, ShardId, ShardId);

/// A label, as a hash of it, and the how-manieth with it on its link a segment is, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) label: u64,
    pub(crate) nth: u64,
}

/// Both names of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// By its label.
    pub(crate) exact: Name,
    /// By its label without digits, which may be times or counts.
    pub(crate) loose: Name,
}

/// By what the segment of a decision is found in a rerun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Found {
    Exactly(Name),
    Loosely(Name),
    ByNumber(u64),
}

/// Names the segments of a run, each once, in the order in which they are sent.
#[derive(Debug, Default)]
pub(crate) struct Namer(HashMap<(Link, bool, u64), u64>);

impl Namer {
    pub(crate) fn name(&mut self, link: Link, label: &str) -> Names {
        Names {
            exact: self.next(link, false, label.chars()),
            loose: self.next(link, true, label.chars().filter(|c| !c.is_ascii_digit())),
        }
    }

    fn next(&mut self, link: Link, loose: bool, label: impl Iterator<Item = char>) -> Name {
        let mut hasher = DefaultHasher::new();
        label.for_each(|c| c.hash(&mut hasher));
        let label = hasher.finish();
        let nth = self.0.entry((link, loose, label)).or_default();
        *nth += 1;
        Name { label, nth: *nth }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_label_is_counted_on_its_link() {
        let mut namer = Namer::default();
        let [there, back] = [(0, ShardId(0), ShardId(1)), (0, ShardId(1), ShardId(0))];
        let first = namer.name(there, "put 1");
        let second = namer.name(there, "put 2");
        let third = namer.name(there, "put 1");
        assert_eq!(
            (first.exact.nth, second.exact.nth, third.exact.nth),
            (1, 1, 2)
        );
        assert_eq!(
            (first.loose.nth, second.loose.nth, third.loose.nth),
            (1, 2, 3)
        );
        assert_eq!(first.loose.label, second.loose.label);
        assert_ne!(first.exact.label, second.exact.label);
        assert_eq!(namer.name(back, "put 1"), first);
    }
}
