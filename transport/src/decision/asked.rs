//! Decisions that are asked for by a name: one of several choices, of which the first is the simplest.
//!
//! Each is drawn from the seed, its name, the shard whose task asks, and how often that shard has asked
//! by this name. So two shards do not race for numbers, and one more name shifts no other.

use std::collections::BTreeMap;
use std::panic::Location;

use crate::contract::shard_id::ShardId;
use crate::decision::choice::Asked;
use crate::decision::choices::Among;
use crate::decision::decider::Decider;
use crate::decision::die::Lot;
use crate::sync::{Mutex, lock};

/// A decision that a line of the test has pinned.
#[derive(Clone, Debug)]
pub(crate) struct Pin {
    pub(crate) name: String,
    value: String,
    pub(crate) asked: &'static Location<'static>,
    /// Whether its decision was asked for.
    pub(crate) met: bool,
}

/// After so many, no more are kept.
const MOST: usize = 100_000;

/// All of one run.
#[derive(Debug)]
pub(crate) struct AllAsked(Mutex<State>);

#[derive(Debug)]
struct State {
    /// How often each shard, or the test itself, has asked by each name.
    counts: BTreeMap<(String, Option<ShardId>), u64>,
    pins: Vec<Pin>,
    kept: Vec<Asked>,
    forgotten: u64,
}

impl State {
    /// To what it is pinned, if it is.
    fn meet_pin(&mut self, name: &str) -> Option<String> {
        let pin = self.pins.iter_mut().find(|it| it.name == name)?;
        pin.met = true;
        Some(pin.value.clone())
    }
}

/// What is decided: as it is pinned, or fixed, or else drawn. Nothing is locked in this, as code of the test runs,
/// such as that of a `Debug`.
fn decide(
    decider: Option<&Decider>,
    (name, pin): (String, Option<String>),
    lot: &dyn Fn(u64) -> Lot,
    among: &dyn Among,
) -> Result<Asked, String> {
    let last = among
        .last_place()
        .ok_or_else(|| format!("\"{name}\" is to be picked from nothing"))?;
    let place = if let Some(pin) = pin {
        among.find(&pin).ok_or_else(|| {
            let expected = among.expected();
            format!("\"{name}\" is pinned to `{pin}`: pin it to {expected}")
        })?
    } else {
        let fixed = decider.and_then(|it| it.fixed_place(&name));
        let drawn = || among.draw(lot(decider.map_or(0, |it| it.seed)));
        fixed.map_or_else(drawn, |place| place.min(last))
    };
    let asked = Asked {
        told: among.tell(place),
        name,
        place,
    };
    if let Some(decider) = decider {
        decider.meet_asked(&asked);
    }
    Ok(asked)
}

impl AllAsked {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State {
            counts: BTreeMap::new(),
            pins: Vec::new(),
            kept: Vec::new(),
            forgotten: 0,
        }))
    }

    /// Which of the choices it is, from 0.
    ///
    /// # Errors
    ///
    /// What is wrong with the choices, or with what is pinned.
    pub(crate) fn ask(
        &self,
        decider: Option<&Decider>,
        (name, by): (&str, Option<ShardId>),
        among: &dyn Among,
    ) -> Result<u128, String> {
        let (told_name, nth, pin) = self.count(name, by);
        let lot = |seed| Lot::asked(seed, (name, by), nth);
        let asked = decide(decider, (told_name, pin), &lot, among)?;
        let place = asked.place;
        self.keep(asked);
        Ok(place)
    }

    /// The same for one of many that are asked for once, by this name. What is the simplest is not kept.
    ///
    /// # Errors
    ///
    /// As above.
    pub(crate) fn ask_once(
        &self,
        decider: Option<&Decider>,
        name: String,
        among: &dyn Among,
    ) -> Result<u128, String> {
        let pin = lock(&self.0).meet_pin(&name);
        let asked_by = name.clone();
        let lot = |seed| Lot::asked(seed, (&asked_by, None), 1);
        let asked = decide(decider, (name, pin), &lot, among)?;
        let place = asked.place;
        if place > 0 {
            self.keep(asked);
        }
        Ok(place)
    }

    fn keep(&self, asked: Asked) {
        let mut state = lock(&self.0);
        if state.kept.len() < MOST {
            state.kept.push(asked);
        } else {
            state.forgotten += 1;
        }
    }

    /// The name by which it is told, the how-manieth it is, and what it is pinned to.
    fn count(&self, name: &str, by: Option<ShardId>) -> (String, u64, Option<String>) {
        let mut state = lock(&self.0);
        let nth = state.counts.entry((name.to_owned(), by)).or_default();
        *nth += 1;
        let nth = *nth;
        let of = by.map(|shard| format!(" of {shard}")).unwrap_or_default();
        let again = if nth > 1 {
            format!(" #{nth}")
        } else {
            String::new()
        };
        let told = [name, &of, &again].concat();
        let pin = state.meet_pin(&told);
        (told, nth, pin)
    }

    /// Pins a decision that will be asked for; `false` if it is pinned already.
    pub(crate) fn pin(
        &self,
        name: String,
        value: String,
        asked: &'static Location<'static>,
    ) -> bool {
        let mut state = lock(&self.0);
        let is_new = state.pins.iter().all(|it| it.name != name);
        if is_new {
            state.pins.push(Pin {
                name,
                value,
                asked,
                met: false,
            });
        }
        is_new
    }

    pub(crate) fn pins(&self) -> Vec<Pin> {
        lock(&self.0).pins.clone()
    }

    /// All that were asked for, in order; and how many more there were.
    pub(crate) fn all(&self) -> (Vec<Asked>, u64) {
        let state = lock(&self.0);
        (state.kept.clone(), state.forgotten)
    }
}
