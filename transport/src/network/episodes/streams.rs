//! The course of chaos: of each kind one episode after the other.

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::draws::{Beginning, ChaosOfRun, Drawn, Draws, MOST_EPISODES};
use crate::decision::chaos::episode::{Begins, Episode};
use crate::decision::chaos::kind::Kind;
use crate::decision::chaos::moment::{Happens, Moment};
use crate::decision::chaos::subjects::{Candidates, Does, choose};
use crate::network::episodes::begin::is_up;
use crate::network::episodes::state::{Act, ChaosSettings, Course, Phase, Running, Stream};
use crate::network::losses::Keeping;
use crate::network::network::Network;
use crate::ordered::{ordered, sort};
use crate::sync::lock;

impl<P: Send> Network<P> {
    /// The body of the test has come to its first wait: chaos begins, if the test asks for it.
    ///
    /// # Errors
    ///
    /// What is wrong with how it asks for it.
    pub(crate) fn begin_chaos(&self) -> Result<(), String> {
        let Some(run) = self.context.run() else {
            return Ok(());
        };
        let state = self.episodes.lock();
        let chaos = state.chaos.as_ref();
        let Some(chaos) = chaos.filter(|it| it.course.is_none() && !it.settings.kinds.is_empty())
        else {
            return Ok(());
        };
        if state.is_calm {
            return Ok(());
        }
        let (settings, asked) = (chaos.settings.clone(), chaos.asked);
        drop(state);
        let kinds = self
            .apply(&settings)
            .map_err(|why| format!("{why} ({}:{})", asked.file(), asked.line()))?;
        let (draws, now) = (Draws::new(run.decider.seed, run.mesh), self.context.time());
        let fixed = run.decider.fixed.is_some();
        let used = if fixed {
            Vec::new()
        } else {
            draws.used(&kinds, run.chaos.swarm)
        };
        let streams = used.into_iter().map(|kind| Stream {
            kind,
            episode: 0,
            phase: Phase::Over,
            first: None,
        });
        let mut course = Course {
            draws,
            pace: draws.pace(),
            streams: streams.collect(),
        };
        for index in 0..course.streams.len() {
            next(&mut course, index, &settings, run.chaos, now);
        }
        self.episodes.change(|state| {
            if let Some(chaos) = &mut state.chaos {
                chaos.course = Some(course);
            }
        });
        Ok(())
    }

    /// The kinds that the mesh can have.
    fn apply(&self, settings: &ChaosSettings) -> Result<Vec<Kind>, String> {
        let shards = self.shards();
        let hosts: Vec<_> = shards.iter().filter(|it| it.is_hosted()).collect();
        let mut kinds = settings.kinds.clone();
        let nodes = kinds.iter().find(|it| it.takes_hosts());
        match nodes {
            Some(kind) if hosts.is_empty() && settings.named => {
                return Err(format!(
                    "chaos of the kind `{kind}`, and no shard has a node: give one to `mesh.host` before \
                     the test waits for something"
                ));
            }
            Some(kind) if settings.named => {
                let stray = settings.among.iter().flatten().find(|id| {
                    let shard = shards.get(**id);
                    !shard.is_some_and(|it| it.is_hosted())
                });
                if let Some(stray) = stray {
                    return Err(format!(
                        "chaos of the kind `{kind}` among shards of which {stray} has no node: give it \
                         one with `mesh.host`, or leave it out of `.among(…)`"
                    ));
                }
            }
            _ => {}
        }
        if hosts.is_empty() {
            kinds.retain(|it| !it.takes_hosts());
        }
        Ok(kinds)
    }

    /// Goes on with what is due by now.
    pub(super) fn go_on(&self, now: u64) {
        let streams = self.episodes.lock().streams().len();
        for index in 0..streams {
            let phase = self
                .episodes
                .lock()
                .streams()
                .get(index)
                .map(|it| it.phase.clone());
            match phase {
                Some(Phase::Gap(at)) if at <= now => self.comes(index, now),
                Some(Phase::Waits(_, does, at)) if at <= now => {
                    self.set_phase(index, Phase::Runs);
                    self.begin_drawn(index, *does, Begins::At(now));
                }
                _ => {}
            }
        }
    }

    /// Begins those that wait for this.
    pub(super) fn begin_drawn_at(&self, what: Happens) {
        let mut index = 0;
        loop {
            let found = self.episodes.change(|state| {
                let streams = &mut state.chaos.as_mut()?.course.as_mut()?.streams;
                let mut rest = streams.iter().enumerate().skip(index);
                let (at, _) = rest.find(|(_, it)| it.awaits(what))?;
                let phase = std::mem::replace(&mut streams[at].phase, Phase::Runs);
                match phase {
                    Phase::Waits(_, does, _) => Some((at, *does)),
                    _ => None,
                }
            });
            let Some((at, does)) = found else {
                return;
            };
            self.begin_drawn(at, does, Begins::After(Moment(what)));
            self.attend();
            index = at + 1;
        }
    }

    /// The time of the next episode of a kind has come.
    fn comes(&self, index: usize, now: u64) {
        let Some(run) = self.context.run() else {
            return;
        };
        let found = {
            let state = self.episodes.lock();
            let chaos = state.chaos.as_ref();
            chaos.and_then(|chaos| {
                let course = chaos.course.as_ref()?;
                let drawn = course.streams.get(index)?.drawn(course.draws);
                Some((drawn, course.pace, chaos.settings.clone()))
            })
        };
        let Some((drawn, pace, settings)) = found else {
            return;
        };
        // Before the target is asked, which is the test's code.
        self.set_phase(index, Phase::Runs);
        let candidates = self.candidates(&settings, drawn.is_aimed());
        let Some(does) = choose(drawn, pace, &candidates) else {
            return self.is_over(drawn.kind);
        };
        match drawn.beginning() {
            Beginning::AtOnce => self.begin_drawn(index, does, Begins::At(now)),
            waits => {
                let most = run.chaos.longest();
                let until = now.saturating_add(drawn.length(pace, settings.lasting, most));
                let until = until.min(run.chaos.last().max(now));
                self.set_phase(index, Phase::Waits(waits, Box::new(does), until));
            }
        }
    }

    fn set_phase(&self, index: usize, phase: Phase) {
        self.episodes.change(|state| {
            let course = state.chaos.as_mut().and_then(|it| it.course.as_mut());
            if let Some(stream) = course.and_then(|it| it.streams.get_mut(index)) {
                if !matches!(stream.phase, Phase::Over) {
                    stream.phase = phase;
                }
            }
        });
    }

    fn begin_drawn(&self, index: usize, does: Does, begins: Begins) {
        let Some(run) = self.context.run() else {
            return;
        };
        let now = self.context.time();
        let found = {
            let state = self.episodes.lock();
            let chaos = state.chaos.as_ref();
            chaos.and_then(|chaos| {
                let course = chaos.course.as_ref()?;
                let drawn = course.streams.get(index)?.drawn(course.draws);
                let (pace, lasting) = (course.pace, chaos.settings.lasting);
                let length = drawn.length(pace, lasting, run.chaos.longest());
                let limit = Limit::of(&chaos.settings);
                Some((drawn, length, limit, chaos.asked))
            })
        };
        let Some((drawn, length, limit, asked)) = found else {
            return;
        };
        let mut act = Act::of(does.what, Keeping::Drawn(drawn));
        let undo = if self.keeps_to(&mut act, limit, drawn) {
            self.begin(&mut act, (asked, Some(drawn.kind)), true)
        } else {
            None
        };
        let Some(undo) = undo else {
            return self.is_over(drawn.kind);
        };
        self.episodes.change(|state| {
            state.begun += 1;
            state.drawn.extend(act.what().map(|what| Episode {
                mesh: run.mesh,
                begins,
                began: now,
                lasting: length,
                what,
            }));
            state.running.push(Running {
                until: Some(now.saturating_add(length)),
                undo,
                kind: Some(drawn.kind),
            });
        });
    }

    /// Whether it may begin under the limit of shards that are down, which may have been reached since it
    /// was drawn; with as many of its shards as may.
    fn keeps_to(&self, act: &mut Act<P>, limit: Limit, drawn: Drawn) -> bool {
        match act {
            Act::Crash(..) if limit.power_cuts && drawn.is_power_cut() => true,
            Act::Crash(crash, _) => {
                crash.shards.truncate(self.room(limit));
                !crash.shards.is_empty()
            }
            Act::Pause(_) => self.room(limit) > 0,
            Act::Links(..) | Act::Clock(..) => true,
        }
    }

    /// An episode of this kind is over, or could not begin: the next one comes.
    pub(super) fn is_over(&self, kind: Kind) {
        let Some(run) = self.context.run() else {
            return;
        };
        let now = self.context.time();
        self.episodes.change(|state| {
            let Some(chaos) = &mut state.chaos else {
                return;
            };
            let settings = chaos.settings.clone();
            let Some(course) = &mut chaos.course else {
                return;
            };
            if let Some(index) = course.streams.iter().position(|it| it.kind == kind) {
                next(course, index, &settings, run.chaos, now);
            }
        });
    }

    fn up_now(&self) -> Vec<ShardId> {
        let shards: Vec<_> = self.shards().iter().cloned().collect();
        let up = shards.iter().filter(|it| is_up(it));
        ordered(up.map(|it| it.key.id).collect())
    }

    /// How many hosted shards may go down now.
    fn room(&self, limit: Limit) -> usize {
        let hosts = self.shards().iter().filter(|it| it.is_hosted()).count();
        let most = limit
            .max_down
            .unwrap_or_else(|| (hosts.saturating_sub(1) / 2).max(1));
        most.saturating_sub(hosts - self.up_now().len())
    }

    fn candidates(&self, settings: &ChaosSettings, aimed: bool) -> Candidates {
        let mut all: Vec<_> = self.shards().iter().map(|it| it.key.id).collect();
        sort(&mut all);
        let is_client = |id: &ShardId| settings.clients.contains(id);
        let mut links = Vec::new();
        self.each_link(|from, to, link| {
            if link.open {
                links.push((from, to));
            }
        });
        sort(&mut links);
        let target = settings.target.as_ref().filter(|_| aimed);
        let limit = Limit::of(settings);
        Candidates {
            among: settings.among.clone().unwrap_or_else(|| all.clone()),
            clients: all.iter().copied().filter(is_client).collect(),
            shards: all.into_iter().filter(|it| !is_client(it)).collect(),
            links,
            up: self.up_now(),
            room: self.room(limit),
            power_cuts: limit.power_cuts,
            target: target.map(|it| (lock(it))()).unwrap_or_default(),
        }
    }
}

/// How many shards may be down.
#[derive(Clone, Copy)]
struct Limit {
    max_down: Option<usize>,
    power_cuts: bool,
}

impl Limit {
    fn of(settings: &ChaosSettings) -> Self {
        Self {
            max_down: settings.max_down,
            power_cuts: settings.max_down.is_none() && settings.among.is_none(),
        }
    }
}

/// Lets the next episode of a kind come, if there is to be one.
fn next(course: &mut Course, index: usize, settings: &ChaosSettings, run: ChaosOfRun, now: u64) {
    let (draws, pace) = (course.draws, course.pace);
    let stream = &mut course.streams[index];
    stream.episode += 1;
    let gap = stream.drawn(draws).gap(pace, settings.every, run.longest());
    let at = now.saturating_add(gap);
    stream.first = stream.first.or(Some(at));
    stream.phase = if stream.episode > MOST_EPISODES || at > run.last() {
        Phase::Over
    } else {
        Phase::Gap(at)
    };
}
