//! What is said of shards, by the numbers of the marks in their lanes.

use std::collections::BTreeMap;
use std::sync::Arc;

/// As many notes are kept at most.
const MOST_NOTES: usize = 10_000;

/// The texts of the marks that say something.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// How many marks there are.
    marks: u64,
    texts: BTreeMap<u64, Arc<str>>,
}

impl Notes {
    /// The number of a new mark, which says nothing yet.
    pub(super) fn mark(&mut self) -> u64 {
        self.marks += 1;
        self.marks
    }

    pub(super) fn texts(&self) -> BTreeMap<u64, Arc<str>> {
        self.texts.clone()
    }

    pub(super) fn tell(&mut self, mark: u64, text: &str) {
        if self.texts.len() < MOST_NOTES {
            self.texts.insert(mark, text.into());
        }
    }
}
