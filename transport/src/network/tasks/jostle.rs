//! Tasks that could run, and let others go first.

use std::panic::Location;

use crate::contract::shard_id::ShardId;
use crate::decision::choice::Told;
use crate::decision::choices::Among;
use crate::decision::die::Lot;

/// So often in a row a task lets others go first at most, at one poll.
const MOST: u128 = 3;

/// How the names of these decisions begin.
pub(crate) const NAME: &str = "jostle of ";

/// Decides how often a task lets others go first.
pub(crate) trait Jostles: Send + Sync {
    fn times(&self, poll: &Turn) -> u128;
}

/// A poll that has come through: the task could run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) shard: ShardId,
    /// The how-manieth task of its shard it is, and its how-manieth poll, from 1.
    pub(crate) task: u64,
    pub(crate) poll: u64,
    pub(crate) spawned: &'static Location<'static>,
}

/// How often it is, with this probability that it is at all.
pub(crate) struct Turns {
    pub(crate) probability: f64,
    pub(crate) spawned: &'static Location<'static>,
}

impl Among for Turns {
    fn last_place(&self) -> Option<u128> {
        Some(MOST)
    }

    fn draw(&self, lot: Lot) -> u128 {
        if lot.hits(self.probability) {
            1 + lot.another().up_to(MOST - 1)
        } else {
            0
        }
    }

    fn tell(&self, place: u128) -> Told {
        let (file, line) = (self.spawned.file(), self.spawned.line());
        let times = if place == 1 { "" } else { " again and again" };
        Told {
            pin: place.to_string(),
            value: Some(format!(
                "the task spawned at {file}:{line} lets others go first{times}"
            )),
        }
    }

    fn find(&self, pin: &str) -> Option<u128> {
        pin.parse().ok().filter(|it| *it <= MOST)
    }

    fn expected(&self) -> String {
        format!("how often others go first, from 0 to {MOST}")
    }
}

/// How far a task has come in letting others go first.
#[derive(Debug, Default)]
pub(crate) struct Jostled {
    polls: u64,
    /// How often it is still to do so before this poll; `None` where that has not been decided.
    left: Option<u128>,
}

impl Jostled {
    /// Whether it lets others go first now; `times` decides how often before one poll, told which it is.
    pub(super) fn waits(&mut self, times: impl FnOnce(u64) -> u128) -> bool {
        let left = self.left.take().unwrap_or_else(|| {
            self.polls += 1;
            times(self.polls)
        });
        self.left = left.checked_sub(1);
        self.left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_asked_once_for_each_poll_that_comes_through() {
        let (mut jostled, mut asked) = (Jostled::default(), Vec::new());
        let mut polled = Vec::new();
        for _ in 0..6 {
            let waits = jostled.waits(|poll| {
                asked.push(poll);
                if poll == 2 { 3 } else { 0 }
            });
            polled.push(!waits);
        }
        assert_eq!(asked, [1, 2, 3]);
        assert_eq!(polled, [true, false, false, false, true, true]);
    }

    #[test]
    fn a_task_waits_as_often_as_its_probability_says() {
        let turns = |probability| Turns {
            probability,
            spawned: Location::caller(),
        };
        let drawn = |probability| {
            let lots = (0..10_000).map(|nth| Lot::asked(7, ("jostle", None), nth));
            let drawn = lots.map(|lot| turns(probability).draw(lot));
            drawn.filter(|it| *it > 0).count()
        };
        assert_eq!((drawn(0.0), drawn(1.0)), (0, 10_000));
        assert!((800..1_200).contains(&drawn(0.1)), "{}", drawn(0.1));
        let pins = ["0", "3", "4", "-1", "x"].map(|pin| turns(0.5).find(pin));
        assert_eq!(pins, [Some(0), Some(3), None, None, None]);
    }
}
