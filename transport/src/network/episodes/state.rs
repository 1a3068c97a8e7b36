//! Which episodes of a mesh are to begin, and which have begun.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::draws::{Beginning, Drawn, Draws, Pace};
use crate::decision::chaos::episode::{Begins, Crash, Episode, Which, Wrong};
use crate::decision::chaos::kind::Kind;
use crate::decision::chaos::moment::{Happens, Moment};
use crate::decision::chaos::subjects::Does;
use crate::decision::latency::Latency;
use crate::network::inbox::shard::Shard;
use crate::network::links::fault_state::FaultState;
use crate::network::links::new_fault::NewFault;
use crate::network::losses::Keeping;
use crate::sync::{Mutex, MutexGuard, lock};

/// All episodes of a mesh.
pub(crate) struct Episodes<P> {
    state: Mutex<State<P>>,
    /// Whether one may begin at something that happens.
    awaits: AtomicBool,
}

pub(crate) struct State<P> {
    /// Those that lines of the test ask for, in order, and those that a rerun plays back.
    pub(crate) planned: Vec<Planned<P>>,
    /// In the order in which they began.
    pub(crate) running: Vec<Running<P>>,
    pub(crate) chaos: Option<Chaos>,
    /// Those of chaos that have begun, and are decisions.
    pub(crate) drawn: Vec<Episode>,
    /// How many of chaos have begun.
    pub(crate) begun: u64,
    pub(crate) is_calm: bool,
}

/// What an episode does.
pub(crate) enum Act<P> {
    Links(Which, NewFault<P>),
    Pause(ShardId),
    Crash(Crash, Keeping),
    Clock(ShardId, Wrong),
}

// By hand, because a payload need not be `Clone` for this.
impl<P> Clone for Act<P> {
    fn clone(&self) -> Self {
        match self {
            Self::Links(which, fault) => Self::Links(which.clone(), fault.clone()),
            Self::Pause(shard) => Self::Pause(*shard),
            Self::Crash(crash, keeping) => Self::Crash(crash.clone(), *keeping),
            Self::Clock(shard, wrong) => Self::Clock(*shard, *wrong),
        }
    }
}

/// An episode that is to begin.
pub(crate) struct Planned<P> {
    pub(crate) begins: Begins,
    pub(crate) act: Act<P>,
    /// For how long, in milliseconds; for ever where this is `None`.
    pub(crate) lasting: Option<u64>,
    pub(crate) asked: &'static Location<'static>,
    pub(crate) optional: bool,
    /// In a rerun, which of the fixed decisions it is.
    pub(crate) decision: Option<usize>,
    pub(crate) state: PlanState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanState {
    Waits,
    Begun,
    /// Its time came, and it could not begin.
    Impossible,
    /// It was not begun when all calmed down.
    Cancelled,
}

/// An episode that has begun, and not ended.
pub(crate) struct Running<P> {
    /// Until when: milliseconds.
    pub(crate) until: Option<u64>,
    pub(crate) undo: Undo<P>,
    /// Of which kind of chaos it is.
    pub(crate) kind: Option<Kind>,
}

/// How an episode ends.
pub(crate) enum Undo<P> {
    Heal(Arc<FaultState>),
    Resume(Arc<Shard<P>>),
    Restart(Vec<Arc<Shard<P>>>),
    Right(Arc<Shard<P>>),
}

/// Chaos, as the test asks for it, and how far it has come.
pub(crate) struct Chaos {
    pub(crate) asked: &'static Location<'static>,
    pub(crate) settings: ChaosSettings,
    pub(crate) course: Option<Course>,
}

#[derive(Clone, Default)]
pub(crate) struct ChaosSettings {
    /// In order.
    pub(crate) kinds: Vec<Kind>,
    /// Whether the test has named them: all that apply are not.
    pub(crate) named: bool,
    pub(crate) every: Option<Latency>,
    pub(crate) lasting: Option<Latency>,
    pub(crate) max_down: Option<usize>,
    pub(crate) among: Option<Vec<ShardId>>,
    pub(crate) clients: Vec<ShardId>,
    pub(crate) target: Option<Arc<Mutex<Target>>>,
}

/// At whom the test aims.
pub(crate) type Target = Box<dyn FnMut() -> Vec<ShardId> + Send>;

/// Chaos that has begun.
pub(crate) struct Course {
    pub(crate) draws: Draws,
    pub(crate) pace: Pace,
    /// One for each kind that the seed uses.
    pub(crate) streams: Vec<Stream>,
}

/// The episodes of one kind, one after the other.
pub(crate) struct Stream {
    pub(crate) kind: Kind,
    /// The number of the one that comes, or runs.
    pub(crate) episode: u64,
    pub(crate) phase: Phase,
    /// When the first of them was due.
    pub(crate) first: Option<u64>,
}

#[derive(Clone)]
pub(crate) enum Phase {
    /// The next one comes at this time.
    Gap(u64),
    /// It begins as something happens at its shard, or else at this time.
    Waits(Beginning, Box<Does>, u64),
    Runs,
    Over,
}

impl Stream {
    pub(crate) fn drawn(&self, draws: Draws) -> Drawn {
        draws.episode(self.kind, self.episode)
    }

    /// Whether what happens is what it waits for.
    pub(crate) fn awaits(&self, what: Happens) -> bool {
        let Phase::Waits(beginning, does, _) = &self.phase else {
            return false;
        };
        let is_that = matches!(
            (beginning, what),
            (Beginning::Sending, Happens::Sending(_))
                | (Beginning::Sent, Happens::Sent(_))
                | (Beginning::Receiving, Happens::Receiving(_))
        );
        is_that && does.about.is_none_or(|shard| shard == what.at())
    }

    /// When it is to be looked at.
    fn due(&self) -> Option<u64> {
        match self.phase {
            Phase::Gap(at) | Phase::Waits(_, _, at) => Some(at),
            Phase::Runs | Phase::Over => None,
        }
    }
}

impl<P> Episodes<P> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                planned: Vec::new(),
                running: Vec::new(),
                chaos: None,
                drawn: Vec::new(),
                begun: 0,
                is_calm: false,
            }),
            awaits: AtomicBool::new(false),
        }
    }

    /// Whether one may begin at something that happens.
    #[inline]
    pub(crate) fn awaits_moments(&self) -> bool {
        self.awaits.load(Ordering::Relaxed)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State<P>> {
        lock(&self.state)
    }

    /// Looks at what may begin and changes it, with nothing of the test's running meanwhile.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State<P>) -> R) -> R {
        let mut state = self.lock();
        let result = change(&mut state);
        self.awaits.store(state.awaits_moments(), Ordering::Relaxed);
        result
    }
}

impl<P> State<P> {
    fn awaits_moments(&self) -> bool {
        let waits =
            |it: &Planned<P>| it.state == PlanState::Waits && matches!(it.begins, Begins::After(_));
        let streams = self.streams().iter();
        self.planned.iter().any(waits)
            || streams
                .into_iter()
                .any(|it| matches!(it.phase, Phase::Waits(..)))
    }

    pub(crate) fn streams(&self) -> &[Stream] {
        let course = self.chaos.as_ref().and_then(|it| it.course.as_ref());
        course.map_or(&[], |it| &it.streams)
    }

    /// When something is to be done next: milliseconds.
    pub(crate) fn next_due(&self) -> Option<u64> {
        let ends = self.running.iter().filter_map(|it| it.until);
        let planned = self.planned.iter().filter_map(|it| match it.begins {
            Begins::At(at) if it.state == PlanState::Waits => Some(at),
            _ => None,
        });
        let streams = self.streams().iter().filter_map(Stream::due);
        ends.chain(planned).chain(streams).min()
    }

    /// The first planned one that waits for this.
    pub(crate) fn planned_after(&self, moment: Moment) -> Option<usize> {
        let awaits =
            |it: &Planned<P>| it.state == PlanState::Waits && it.begins == Begins::After(moment);
        self.planned.iter().position(awaits)
    }

    /// The first planned one whose time has come.
    pub(crate) fn planned_by(&self, now: u64) -> Option<usize> {
        let is_due = |it: &Planned<P>| {
            let at = match it.begins {
                Begins::At(at) => at,
                Begins::After(_) => return false,
            };
            it.state == PlanState::Waits && at <= now
        };
        let due = self.planned.iter().enumerate().filter(|(_, it)| is_due(it));
        // What is due earlier comes first, though the clock has jumped over both.
        due.min_by_key(|(place, it)| match it.begins {
            Begins::At(at) => (at, *place),
            Begins::After(_) => (u64::MAX, *place),
        })
        .map(|(place, _)| place)
    }

    /// Takes out the one that is to end first, and is due by now.
    pub(crate) fn ended_by(&mut self, now: u64) -> Option<Running<P>> {
        let ends = self.running.iter().enumerate();
        let due = ends.filter_map(|(place, it)| Some((it.until?, place)));
        let (_, place) = due.filter(|(until, _)| *until <= now).min()?;
        Some(self.running.remove(place))
    }
}
