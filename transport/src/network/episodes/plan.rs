//! Episodes that begin as planned: at a time, or at something that happens; and the clock that moves them
//! all on.

use std::panic::Location;

use crate::decision::chaos::episode::{Begins, Episode, What};
use crate::decision::chaos::moment::{Happens, Moment};
use crate::decision::choice::Decision;
use crate::network::episodes::state::{Act, PlanState, Planned, Running, Undo};
use crate::network::links::new_fault::NewFault;
use crate::network::losses::Keeping;
use crate::network::network::Network;

impl<P> Planned<P> {
    /// An episode that a rerun is to play back.
    fn of(episode: &Episode, decision: usize) -> Self {
        let act = match &episode.what {
            What::Cut(which) => Act::Links(which.clone(), NewFault::cut()),
            What::Hold(which) => Act::Links(which.clone(), NewFault::hold()),
            What::Pause(shard) => Act::Pause(*shard),
            What::Crash(crash) => Act::Crash(crash.clone(), Keeping::Told(crash.keeping)),
            What::Clock(shard, wrong) => Act::Clock(*shard, *wrong),
        };
        Self {
            begins: episode.begins,
            act,
            lasting: Some(episode.lasting),
            asked: Location::caller(),
            optional: true,
            decision: Some(decision),
            state: PlanState::Waits,
        }
    }
}

impl<P> Network<P> {
    /// Plans an episode; its place among all of them.
    pub(crate) fn plan(&self, planned: Planned<P>) -> usize {
        let place = self.episodes.change(|state| {
            state.planned.push(planned);
            state.planned.len() - 1
        });
        self.attend();
        place
    }

    /// Plans what is fixed in a rerun.
    pub(crate) fn plan_fixed(&self) {
        let Some(run) = self.context.run() else {
            return;
        };
        let Some(fixed) = &run.decider.fixed else {
            return;
        };
        for (place, decision) in fixed.fixed().decisions.iter().enumerate() {
            match decision {
                Decision::Episode(it) if it.mesh == run.mesh => {
                    self.plan(Planned::of(it, place));
                }
                _ => {}
            }
        }
    }

    /// What is to be done next has changed, or when.
    pub(super) fn attend(&self) {
        if let Some(run) = self.context.run() {
            run.supervisor.attend();
        }
    }
}

impl<P: Send> Network<P> {
    /// Something happens at which an episode may begin. Nothing is locked, as it may run code of the test.
    #[cold]
    pub(crate) fn happens(&self, what: Happens) {
        let moment = Moment(what);
        loop {
            let planned = self.episodes.lock().planned_after(moment);
            match planned {
                Some(place) => self.begin_planned(place),
                None => break,
            }
            self.attend();
        }
        self.begin_drawn_at(what);
    }

    /// Ends and begins what is due.
    pub(crate) fn advance(&self) {
        let now = self.context.time();
        loop {
            let ended = self.episodes.change(|state| state.ended_by(now));
            match ended {
                Some(ended) => self.end(&ended),
                None => break,
            }
        }
        loop {
            let planned = self.episodes.lock().planned_by(now);
            match planned {
                Some(place) => self.begin_planned(place),
                None => break,
            }
        }
        self.go_on(now);
    }

    fn begin_planned(&self, place: usize) {
        let (mut act, asked, optional, begins, lasting, decision) = self.episodes.change(|state| {
            let it = &mut state.planned[place];
            it.state = PlanState::Begun;
            let act = it.act.clone();
            // A decision of chaos is told as chaos.
            let chaos = state.chaos.as_ref().filter(|_| it.decision.is_some());
            let asked = match (chaos, act.what()) {
                (Some(chaos), Some(what)) => (chaos.asked, Some(what.kind())),
                _ => (it.asked, None),
            };
            (act, asked, it.optional, it.begins, it.lasting, it.decision)
        });
        let undo = self.begin(&mut act, asked, optional);
        let now = self.context.time();
        let Some(undo) = undo else {
            self.episodes
                .change(|state| state.planned[place].state = PlanState::Impossible);
            return;
        };
        self.episodes.change(|state| {
            state.running.push(Running {
                until: lasting.map(|it| now.saturating_add(it)),
                undo,
                kind: None,
            });
        });
        self.meet(decision, (begins, lasting), &act, now);
    }

    /// A fixed decision was taken.
    fn meet(
        &self,
        decision: Option<usize>,
        (begins, lasting): (Begins, Option<u64>),
        act: &Act<P>,
        began: u64,
    ) {
        let Some(run) = self.context.run() else {
            return;
        };
        let fixed = run.decider.fixed.as_ref();
        if let (Some(place), Some(fixed), Some(what)) = (decision, fixed, act.what()) {
            let episode = Episode {
                mesh: run.mesh,
                begins,
                began,
                lasting: lasting.unwrap_or(0),
                what,
            };
            fixed.meet_episode(place, episode);
        }
    }

    /// An episode is over.
    fn end(&self, ended: &Running<P>) {
        self.undo(&ended.undo);
        if let Some(kind) = ended.kind {
            self.is_over(kind);
        }
    }

    /// The test has done something to a shard that may have ended episodes.
    pub(crate) fn look_for_ended(&self) {
        let stands = |undo: &Undo<P>| match undo {
            Undo::Heal(_) => true,
            Undo::Resume(shard) => shard.is_paused_by_chaos(),
            Undo::Restart(shards) => shards.iter().any(|it| it.is_down_by_chaos()),
            Undo::Right(shard) => !shard.wall_clocks().by_chaos.is_right(),
        };
        let ended = self.episodes.change(|state| {
            let running = std::mem::take(&mut state.running);
            let (running, ended): (Vec<_>, Vec<_>) =
                running.into_iter().partition(|it| stands(&it.undo));
            state.running = running;
            ended
        });
        for kind in ended.iter().filter_map(|it| it.kind) {
            self.is_over(kind);
            self.attend();
        }
    }
}
