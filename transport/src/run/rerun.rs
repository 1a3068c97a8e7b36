use std::sync::Arc;

use crate::decision::matcher::Matcher;
use crate::run::panic_places::PanicPlaces;

/// In what a rerun differs from a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rerun {
    /// Decisions to be taken in place of drawing any.
    pub(crate) fixed: Option<Arc<Matcher>>,
    pub(crate) places: PanicPlaces,
}

impl Rerun {
    /// Whether to tell what happened, and what each segment was.
    pub(crate) fn is_full(&self) -> bool {
        self.fixed.is_none()
    }
}
