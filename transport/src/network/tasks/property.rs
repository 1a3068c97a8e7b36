//! What a test says of all that it runs: what must hold at any time, and for what it waits.

use std::panic::Location;

/// Code of the test that is asked at every moment at which something may have changed.
pub(crate) struct Property {
    pub(crate) name: String,
    /// The line that said it.
    pub(crate) asked: &'static Location<'static>,
    pub(crate) kind: PropertyKind,
    /// Whether it holds. It may panic.
    pub(crate) holds: Box<dyn FnMut() -> bool + Send>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PropertyKind {
    /// It must hold at any time.
    Always,
    /// Somebody waits until it holds, since this time: milliseconds.
    Until(u64),
}
