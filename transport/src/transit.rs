use std::cmp::{Ordering, Reverse};

use crate::wire::{Flight, Passage};

/// A segment on its way. The one that is due first is the greatest, as a heap wants it.
#[derive(Debug)]
pub(crate) struct Transit<P> {
    pub(crate) passage: Passage,
    /// Orders what is due at one moment.
    pub(crate) departure: u64,
    /// Index of the link.
    pub(crate) link: u32,
    pub(crate) flight: Flight<P>,
}

impl<P> Transit<P> {
    fn key(&self) -> Reverse<(u64, u64)> {
        Reverse((self.passage.due, self.departure))
    }
}

impl<P> Ord for Transit<P> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl<P> PartialOrd for Transit<P> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<P> PartialEq for Transit<P> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<P> Eq for Transit<P> {}
