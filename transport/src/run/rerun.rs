use std::sync::Arc;

use crate::decision::matcher::Matcher;
use crate::run::panic_places::PanicPlaces;

/// In what a rerun differs from a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rerun {
    /// Decisions to be taken in place of drawing any.
    pub(crate) fixed: Option<Arc<Matcher>>,
    /// How to tell what happened, if that is for a reader.
    pub(crate) told: Option<Telling>,
    pub(crate) places: PanicPlaces,
}

/// How what happened in a run is told to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Telling {
    /// Whether to draw it.
    pub(crate) draw: bool,
    /// Whether in the colours of a terminal.
    pub(crate) color: bool,
    /// In how many columns.
    pub(crate) columns: usize,
}

impl Rerun {
    /// Whether to tell what happened, and what each segment was.
    pub(crate) fn is_full(&self) -> bool {
        self.fixed.is_none() || self.told.is_some()
    }
}
