//! What happens to a mesh when an episode begins, and when it ends.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::{Crash, What, Wrong};
use crate::decision::chaos::kind::Kind as ChaosKind;
use crate::decision::chaos::subjects::Acts;
use crate::network::episodes::state::{Act, Undo};
use crate::network::inbox::arrivals::EndpointState;
use crate::network::inbox::shard::{By, Shard};
use crate::network::inbox::wall_clock::{WallClock, WallClocks};
use crate::network::links::new_fault::NewFault;
use crate::network::links::wake_list::WakeList;
use crate::network::losses::{Keeping, Losses};
use crate::network::network::Network;
use crate::network::tasks::adopted::Home;
use crate::network::tasks::first_panic::FirstPanic;
use crate::trace::record::Kind;

/// The line that asked for an episode, and the kind of chaos that it is of.
pub(super) type Asked = (&'static Location<'static>, Option<ChaosKind>);

impl<P> Act<P> {
    /// What chaos does.
    pub(super) fn of(acts: Acts, keeping: Keeping) -> Self {
        match acts {
            Acts::What(What::Cut(which)) => Self::Links(which, NewFault::cut()),
            Acts::What(What::Hold(which)) => Self::Links(which, NewFault::hold()),
            Acts::What(What::Pause(shard)) => Self::Pause(shard),
            Acts::What(What::Crash(crash)) => Self::Crash(crash, keeping),
            Acts::What(What::Clock(shard, wrong)) => Self::Clock(shard, wrong),
            Acts::Slow(which, latency) => Self::Links(which, NewFault::latency(latency)),
            Acts::Lossy(which, thousandths) => {
                #[allow(clippy::cast_precision_loss, reason = "at most a thousand")]
                let probability = thousandths as f64 / 1000.0;
                Self::Links(which, NewFault::loss(probability))
            }
        }
    }

    /// What of it is a decision, if it is one.
    pub(super) fn what(&self) -> Option<What> {
        match self {
            Self::Links(which, fault) if fault.effect.is_cut() => Some(What::Cut(which.clone())),
            Self::Links(which, fault) if fault.effect.is_hold() => Some(What::Hold(which.clone())),
            Self::Links(..) => None,
            Self::Pause(shard) => Some(What::Pause(*shard)),
            Self::Crash(crash, _) => Some(What::Crash(crash.clone())),
            Self::Clock(shard, wrong) => Some(What::Clock(*shard, *wrong)),
        }
    }
}

impl<P: Send> Network<P> {
    /// Begins what an episode does. `None` if there is nobody to whom it can be done, or something of
    /// the kind is done to them already. What it has left open is settled in `act`.
    pub(super) fn begin(&self, act: &mut Act<P>, asked: Asked, optional: bool) -> Option<Undo<P>> {
        match act {
            Act::Links(which, fault) => {
                let links = self.selectable(which);
                if links.is_empty() {
                    return None;
                }
                let state = self.add_fault(fault.clone(), asked, links);
                if optional {
                    state.set_optional();
                }
                Some(Undo::Heal(state))
            }
            Act::Pause(shard) => {
                let shard = self.up(*shard)?;
                if shard.pause(By::Chaos) {
                    self.note(Kind::Paused, shard.key);
                }
                Some(Undo::Resume(shard))
            }
            Act::Crash(crash, keeping) => self.begin_crash(crash, *keeping),
            Act::Clock(shard, wrong) => {
                let shard = self.shards().get(*shard)?.clone();
                self.begin_wrong(&shard, *wrong).then(|| Undo::Right(shard))
            }
        }
    }

    fn up(&self, id: ShardId) -> Option<Arc<Shard<P>>> {
        let shard = self.shards().get(id)?.clone();
        is_up(&shard).then_some(shard)
    }

    fn begin_crash(&self, crash: &mut Crash, keeping: Keeping) -> Option<Undo<P>> {
        let mut shards = Vec::new();
        crash.shards.retain(|id| {
            let shard = self.up(*id);
            let is_up = shard.is_some();
            shards.extend(shard);
            is_up
        });
        let disks = shards.iter().flat_map(|shard| shard.disks());
        let unsynced = disks.map(|(_, disk)| disk.unsynced()).max();
        crash.keeping = keeping.of(unsynced.unwrap_or(0));
        let losses = Losses::ByEpisode {
            keeping: crash.keeping,
            in_flight_arrives: crash.in_flight_arrives,
        };
        let mut panic = FirstPanic::default();
        for shard in &shards {
            panic.catch(|| {
                self.crash(shard, losses);
            });
        }
        panic.go_on();
        (!shards.is_empty()).then_some(Undo::Restart(shards))
    }

    /// Whether chaos had it right before.
    fn begin_wrong(&self, shard: &Shard<P>, wrong: Wrong) -> bool {
        let elapsed = self.context.began().elapsed();
        let (kind, how) = match wrong {
            Wrong::Ahead(nanos) => (Kind::ClockAhead, nanos),
            Wrong::Behind(nanos) => (Kind::ClockBehind, nanos),
            Wrong::Drifts(millionths) => (Kind::ClockDrifts, millionths),
        };
        let was_right = shard.on_wall_clocks(|WallClocks { by_chaos, .. }| {
            let was_right = by_chaos.is_right();
            match wrong {
                _ if !was_right => {}
                Wrong::Ahead(nanos) => by_chaos.set(true, Duration::from_nanos(nanos)),
                Wrong::Behind(nanos) => by_chaos.set(false, Duration::from_nanos(nanos)),
                Wrong::Drifts(millionths) => by_chaos.set_speed(millionths, elapsed),
            }
            was_right
        });
        if was_right {
            self.note_how(kind, shard.key, how);
        }
        was_right
    }

    /// Ends an episode. Restarted are those shards that it has down still, each in the life that is told.
    pub(super) fn undo(&self, undo: &Undo<P>) -> Vec<(Arc<Shard<P>>, u64)> {
        match undo {
            Undo::Heal(fault) => self.heal(fault),
            Undo::Resume(shard) => self.resume(shard, By::Chaos),
            Undo::Right(shard) => self.set_right(shard, By::Chaos),
            Undo::Restart(shards) => {
                let down = shards.iter().filter(|it| it.is_down_by_chaos());
                let lives = down.filter_map(|shard| {
                    let life = self.restart(shard)?;
                    shard.boot(life);
                    Some((shard.clone(), life))
                });
                return lives.collect();
            }
        }
        Vec::new()
    }

    /// Lets a shard go on that was paused.
    pub(crate) fn resume(&self, shard: &Shard<P>, by: By) {
        let mut panic = FirstPanic::default();
        let mut resumed = false;
        panic.catch(|| resumed = shard.resume(by, &mut WakeList::new()));
        if resumed {
            self.note(Kind::Resumed, shard.key);
            panic.catch(|| self.tasks.wake(shard.key.id));
        }
        panic.go_on();
    }

    /// Sets the clock of a shard right: of what chaos has done to it, or altogether.
    pub(crate) fn set_right(&self, shard: &Shard<P>, by: By) {
        let by_test = shard.on_wall_clocks(|clocks| {
            let by_chaos = std::mem::replace(&mut clocks.by_chaos, WallClock::RIGHT);
            match by {
                By::Chaos if by_chaos.is_right() => return None,
                By::Chaos => {}
                By::Test => clocks.by_test = WallClock::RIGHT,
            }
            Some(clocks.by_test)
        });
        let Some(by_test) = by_test else {
            return;
        };
        self.note(Kind::ClockRight, shard.key);
        // Of what the test has done to it, as of now.
        if let Some((ahead, nanos)) = by_test.set_to() {
            let kind = if ahead {
                Kind::ClockAhead
            } else {
                Kind::ClockBehind
            };
            self.note_how(kind, shard.key, nanos);
        }
        if let Some(millionths) = by_test.drift() {
            self.note_how(Kind::ClockDrifts, shard.key, millionths);
        }
    }
}

/// Whether the node of a shard runs, and nobody has paused it.
pub(super) fn is_up<P: Send>(shard: &Shard<P>) -> bool {
    shard.bell().is_some_and(|it| it.runs())
        && shard.endpoint() == EndpointState::Alive
        && !Home::is_paused(shard)
}
