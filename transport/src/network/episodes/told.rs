//! What reports tell of episodes.

use std::panic::Location;

use crate::decision::chaos::episode::{Begins, Episode, What};
use crate::decision::chaos::kind::Kind;
use crate::millis::Millis;
use crate::network::episodes::state::{Act, PlanState, Planned, State};
use crate::network::network::Network;

/// Chaos in a mesh so far.
#[derive(Clone, Debug)]
pub(crate) struct ChaosTold {
    pub(crate) asked: &'static Location<'static>,
    /// Those that the seed uses; none before it has begun.
    pub(crate) used: Vec<Kind>,
    /// Those that the test has named.
    pub(crate) named: Vec<NamedKind>,
    /// How many episodes have begun.
    pub(crate) begun: u64,
    pub(crate) is_calm: bool,
    /// Those that are decisions.
    pub(crate) drawn: Vec<Episode>,
}

/// A kind of chaos that the test has named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedKind {
    pub(crate) kind: Kind,
    /// Whether it has touched anything.
    pub(crate) touched: bool,
    /// When its first episode was due.
    pub(crate) first: Option<u64>,
}

/// A line that has planned an episode.
#[derive(Clone, Debug)]
pub(crate) struct PlanTold {
    pub(crate) what: String,
    pub(crate) asked: &'static Location<'static>,
    pub(crate) optional: bool,
    pub(crate) state: PlanState,
}

impl<P> Network<P> {
    pub(crate) fn chaos_told(&self) -> Option<ChaosTold> {
        let state = self.episodes.lock();
        let chaos = state.chaos.as_ref()?;
        let kinds = Some(&chaos.settings).filter(|it| it.named);
        let mut told = ChaosTold {
            asked: chaos.asked,
            used: state.streams().iter().map(|it| it.kind).collect(),
            named: kinds.map_or_else(Vec::new, |it| {
                it.kinds.iter().map(|kind| state.named(*kind)).collect()
            }),
            begun: state.begun,
            is_calm: state.is_calm,
            drawn: state.drawn.clone(),
        };
        drop(state);
        let faults = self.faults();
        let misread = || {
            let shards = self.shards();
            shards.iter().any(|it| it.wall_clocks().misread)
        };
        for NamedKind { kind, touched, .. } in &mut told.named {
            let drawn = |is: fn(&What) -> bool| told.drawn.iter().any(|it| is(&it.what));
            *touched = match kind {
                Kind::Pause => drawn(|what| matches!(what, What::Pause(_))),
                Kind::Crash => drawn(|what| matches!(what, What::Crash(_))),
                Kind::Clock => misread(),
                of_links => faults.iter().any(|fault| {
                    fault.info.by_chaos == Some(*of_links) && fault.segments_met() > 0
                }),
            };
        }
        Some(told)
    }
}

impl<P> State<P> {
    fn named(&self, kind: Kind) -> NamedKind {
        let stream = self.streams().iter().find(|it| it.kind == kind);
        NamedKind {
            kind,
            touched: false,
            first: stream.and_then(|it| it.first),
        }
    }

    pub(crate) fn planned_told(&self) -> Vec<PlanTold> {
        let lines = self.planned.iter().filter(|it| it.decision.is_none());
        lines.map(Planned::told).collect()
    }
}

impl<P> Planned<P> {
    fn told(&self) -> PlanTold {
        let what = match &self.act {
            Act::Links(_, fault) => fault.what.clone(),
            Act::Pause(shard) => format!("pause of shard {shard}"),
            Act::Crash(crash, _) => {
                let shards: Vec<_> = crash.shards.iter().map(ToString::to_string).collect();
                format!("crash of shard {}", shards.join(", "))
            }
            Act::Clock(shard, _) => format!("wrong clock of shard {shard}"),
        };
        let when = match self.begins {
            Begins::At(at) => format!("at {}", Millis(at)),
            Begins::After(moment) => format!("after {moment}"),
        };
        PlanTold {
            what: format!("{what} {when}"),
            asked: self.asked,
            optional: self.optional,
            state: self.state,
        }
    }
}
