//! What must hold at least once, over a test or a whole sweep.

use std::panic::Location;

use crate::sync::{Mutex, lock};

/// One line that says what must hold sometimes.
#[derive(Clone, Debug)]
pub(crate) struct Sometimes {
    pub(crate) what: String,
    pub(crate) asked: &'static Location<'static>,
    /// How often it was reached, and how often it held then.
    pub(crate) reached: u64,
    pub(crate) held: u64,
}

/// All of a mesh.
#[derive(Debug)]
pub(crate) struct AllSometimes(Mutex<Vec<Sometimes>>);

impl AllSometimes {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    pub(crate) fn reach(&self, asked: &'static Location<'static>, what: &str, holds: bool) {
        let mut all = lock(&self.0);
        let same = |it: &&mut Sometimes| (it.asked, &*it.what) == (asked, what);
        let Some(known) = all.iter_mut().find(same) else {
            all.push(Sometimes {
                what: what.to_owned(),
                asked,
                reached: 1,
                held: holds.into(),
            });
            return;
        };
        known.reached += 1;
        known.held += u64::from(holds);
    }

    pub(crate) fn all(&self) -> Vec<Sometimes> {
        lock(&self.0).clone()
    }
}
