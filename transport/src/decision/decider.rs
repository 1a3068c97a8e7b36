use std::sync::Arc;

use crate::contract::segment::Segment;
use crate::decision::choice::Asked;
use crate::decision::die::{Chance, Die};
use crate::decision::matcher::Matcher;
use crate::decision::names::{Link, Names};

/// Where the decisions of one run come from: drawn from its seed or, in a rerun or where they are
/// pinned, fixed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decider {
    pub(crate) seed: u64,
    pub(crate) fixed: Option<Arc<Matcher>>,
}

impl Decider {
    /// Whether decisions are fixed for segments that are found by what they are.
    pub(crate) fn wants_labels(&self) -> bool {
        self.fixed.as_ref().is_some_and(|it| it.wants_labels())
    }

    /// Names a segment that is being sent, where decisions are fixed.
    pub(crate) fn name(&self, link: Link, label: &str) -> Option<Names> {
        let fixed = self.fixed.as_ref()?;
        Some(fixed.name(link, label))
    }

    /// The decisions about one segment of the link with this `chance`, in the mesh with this number.
    pub(crate) fn segment(
        &self,
        mesh: usize,
        chance: Chance,
        (segment, names): (Segment, Option<Names>),
    ) -> Die {
        let mut die = chance.die(segment.number);
        if let Some(fixed) = &self.fixed {
            die.fix(fixed.meet(mesh, segment, names));
        }
        die
    }

    /// The place of what is asked for by this name, where nothing is drawn.
    pub(super) fn fixed_place(&self, name: &str) -> Option<u128> {
        Some(self.fixed.as_ref()?.place(name))
    }

    /// This came of what was asked for.
    pub(super) fn meet_asked(&self, asked: &Asked) {
        if let Some(fixed) = &self.fixed {
            fixed.meet_asked(asked);
        }
    }
}
