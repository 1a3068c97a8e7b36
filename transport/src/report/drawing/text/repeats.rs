//! Rows that repeat: an exchange that goes round again and again is shown once, and counted.

use std::collections::HashMap;

use super::arrow::arrow;
use super::rows::Row;
use crate::report::drawing::steps::{Layout, What};
use crate::report::drawing::words;
use crate::trace::timeline::Timeline;

/// An exchange has so many rows at most.
const LONGEST: usize = 8;

/// So often it must be there to be folded.
const FEWEST: usize = 4;

/// A row, or that those before it come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Row(Row),
    /// So often, over these steps.
    Again(usize, Row),
}

impl Shown {
    pub(super) fn steps(self) -> Row {
        match self {
            Self::Row(row) | Self::Again(_, row) => row,
        }
    }
}

/// Folds what comes again and again, but for the numbers in it.
pub(super) fn fold(layout: &Layout, timeline: &Timeline, rows: &[Row]) -> Vec<Shown> {
    let mut looks = HashMap::new();
    let keys: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| match look(layout, timeline, *row) {
            Some(look) => {
                let next = looks.len();
                *looks.entry(look).or_insert(next)
            }
            // Unlike all others.
            None => usize::MAX - index,
        })
        .collect();
    let mut shown = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let (period, turns) = longest(&keys[at..]);
        let once = &rows[at..at + period];
        shown.extend(once.iter().copied().map(Shown::Row));
        if turns > 1 {
            let (first, last) = (rows[at + period], rows[at + period * turns - 1]);
            let steps = Row {
                first: first.first,
                end: last.end,
            };
            shown.push(Shown::Again(turns - 1, steps));
        }
        at += period * turns;
    }
    shown
}

/// The period with which keys repeat from the first on, and how often: of several, that which covers most.
fn longest(keys: &[usize]) -> (usize, usize) {
    let mut best = (1, 1);
    for period in 1..=LONGEST.min(keys.len() / FEWEST) {
        let same = keys.iter().zip(&keys[period..]);
        let same = same.take_while(|(a, b)| a == b).count();
        let turns = 1 + same / period;
        if turns >= FEWEST && turns * period > best.0 * best.1 {
            best = (period, turns);
        }
    }
    best
}

/// How a row looks but for numbers; `None` for what is always shown.
fn look(layout: &Layout, timeline: &Timeline, row: Row) -> Option<String> {
    let step = &layout.steps[row.first];
    if let What::Noted(shard, text) = &step.what {
        return Some(format!("{shard} notes {}", without_numbers(text)));
    }
    let (flight, arrow) = arrow(layout, row.first)?;
    let segment = layout.flights[flight].segment;
    let label = timeline.label(&segment).unwrap_or_default();
    let caption = words::caption(layout, step);
    Some(format!(
        "{} -> {} {arrow:?} {} {} {}",
        segment.from,
        segment.to,
        row.end - row.first,
        without_numbers(&caption),
        without_numbers(label)
    ))
}

fn without_numbers(text: &str) -> String {
    text.chars().filter(|it| !it.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_that_covers_most_is_found() {
        assert_eq!(longest(&[1, 1, 1, 1, 2]), (1, 4));
        assert_eq!(longest(&[1, 2, 1, 2, 1, 2, 1, 2, 1]), (2, 4));
        assert_eq!(
            longest(&[1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2]),
            (5, 4)
        );
        assert_eq!(longest(&[1, 2, 3, 1, 2, 3, 1, 2, 3]), (1, 1));
        assert_eq!(longest(&[7]), (1, 1));
    }
}
