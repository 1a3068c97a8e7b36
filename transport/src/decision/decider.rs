use std::sync::Arc;

use crate::contract::segment::Segment;
use crate::decision::choice::FixedDecisions;
use crate::decision::die::{Chance, Die, Fixed};

/// Where the decisions of one run come from: drawn from its seed or, in a rerun, fixed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decider {
    pub(crate) seed: u64,
    pub(crate) fixed: Option<Arc<FixedDecisions>>,
}

impl Decider {
    /// The decisions about one segment of the link with this `chance`, in the mesh with this number.
    pub(crate) fn segment(&self, mesh: usize, chance: Chance, segment: Segment) -> Die {
        let mut die = chance.die(segment.number);
        if let Some(fixed) = &self.fixed {
            die.fix(Fixed {
                choice: fixed.choice(mesh, segment),
                jitter: fixed.jitter,
            });
        }
        die
    }
}
