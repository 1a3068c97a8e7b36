//! The seeds that a test runs with: one, or a sweep.

use std::ops::Range;

use crate::attribute::args::Args;
use crate::attribute::base::mistakes::Mistakes;

/// A sweep is never empty.
pub(crate) enum Seeds {
    One(u64),
    Sweep(Range<u64>),
}

impl Seeds {
    pub(crate) fn check(args: &Args, mistakes: &mut Mistakes) -> Option<Self> {
        if let (Some(_), Some(seeds)) = (&args.seed, &args.seeds) {
            let message = "`seed` and `seeds` exclude each other: remove one";
            mistakes.at(&seeds.name, message);
        }
        for (seeds, given) in [
            ("seeds", args.seeds.is_some()),
            ("also", args.also.is_some()),
        ] {
            if let Some(pinned) = args.pinned.as_ref().filter(|_| given) {
                let message = format!(
                    "with `pinned` nothing is drawn, so all seeds are the same: remove `{seeds}`"
                );
                mistakes.at(&pinned.name, message);
            }
        }
        if let Some(exhaustive) = &args.exhaustive {
            let besides = [
                ("seeds", args.seeds.is_some()),
                ("also", args.also.is_some()),
                ("pinned", args.pinned.is_some()),
                ("chaos", args.chaos.is_some()),
                ("loss", args.loss.is_some()),
                ("duplicate", args.duplicate.is_some()),
                ("reorder", args.reorder.is_some()),
                ("jostle", args.jostle.is_some()),
            ];
            for (other, _) in besides.iter().filter(|(_, given)| *given) {
                let message = format!(
                    "`exhaustive` tries every fault of a run in which nothing else is drawn: remove `{other}`"
                );
                mistakes.at(&exhaustive.name, message);
            }
        }
        let one = args.seed.as_ref().and_then(|seed| seed.value);
        let sweep = args.seeds.as_ref().and_then(|seeds| seeds.value.clone());
        sweep.map(Self::Sweep).or(one.map(Self::One))
    }
}
