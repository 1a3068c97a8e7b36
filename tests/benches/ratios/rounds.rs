use std::time::Duration;

use crate::samples::Samples;

/// One of the things that are measured in turn: one round of it, and what that took per unit.
pub(crate) type Measure = Box<dyn FnMut() -> Duration>;

/// Measures all of `measures` once per round, each round beginning with another. In seconds.
pub(crate) fn interleave(rounds: usize, measures: &mut [Measure]) -> Vec<Samples> {
    let count = measures.len();
    let mut samples = vec![Vec::with_capacity(rounds); count];
    for measure in &mut *measures {
        // Fills the caches, and is forgotten.
        measure();
    }
    for round in 0..rounds {
        for turn in 0..count {
            let index = (round + turn) % count;
            samples[index].push(measures[index]().as_secs_f64());
        }
    }
    samples.into_iter().map(Samples::from_iter).collect()
}
