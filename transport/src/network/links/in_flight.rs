//! A segment between its sender and the inbox.

/// A segment that was sent and has not arrived.
#[derive(Debug)]
pub(crate) struct InFlight<P> {
    /// Its number on its link, from 1; a copy has that of the original.
    pub(crate) number: u64,
    /// The sender's logical time, when a log is kept.
    pub(crate) tick: u64,
    /// Whether a fault made it: copies take no room.
    pub(crate) copy: bool,
    pub(crate) payload: P,
}

impl<P> InFlight<P> {
    /// A copy of the same segment, with this payload.
    pub(crate) fn copy_with(&self, payload: P) -> Self {
        Self {
            number: self.number,
            tick: self.tick,
            copy: true,
            payload,
        }
    }
}

/// A segment that waits for later ones to overtake it.
#[derive(Debug)]
pub(crate) struct Overtaken<P> {
    /// By how many more it may be overtaken.
    pub(crate) left: u64,
    /// Since when it waits, in milliseconds.
    pub(crate) since: u64,
    pub(crate) flight: InFlight<P>,
}

/// When a segment arrives, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    /// In milliseconds of the mesh's clock.
    pub(crate) due: u64,
    /// The same if chaos had not slowed it, nor what went before it.
    pub(crate) unslowed: u64,
    /// By how many later segments it is to be overtaken.
    pub(crate) overtakers: u64,
}

impl Passage {
    /// Arrives then, overtaken by none.
    pub(crate) fn at(due: u64) -> Self {
        Self {
            due,
            unslowed: due,
            overtakers: 0,
        }
    }
}
