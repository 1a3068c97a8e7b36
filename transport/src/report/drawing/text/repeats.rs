//! Rows that repeat: an exchange that goes round again and again is shown once, and counted.

use std::collections::HashMap;

use super::arrow::arrow;
use super::rows::Row;
use crate::report::drawing::steps::{Layout, What};
use crate::report::drawing::words;
use crate::trace::event::error_name;
use crate::trace::timeline::Timeline;

/// An exchange has so many rows at most.
const LONGEST: usize = 8;

/// So often it must be there to be folded.
const FEWEST: usize = 4;

/// One line of the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Row(Row),
    /// The last `period` rows come again: so often, over these steps.
    Again {
        period: usize,
        turns: usize,
        steps: Row,
    },
    /// These steps are left out.
    Gap(Row),
}

impl Shown {
    pub(super) fn steps(self) -> Row {
        match self {
            Self::Row(steps) | Self::Again { steps, .. } | Self::Gap(steps) => steps,
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
            shown.push(Shown::Again {
                period,
                turns: turns - 1,
                steps,
            });
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
    if let What::Refused(from, to, why) = &step.what {
        return Some(format!("{from} -> {to} refused {}", error_name(*why)));
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

/// Also without the units of times, which change with the numbers.
fn without_numbers(text: &str) -> String {
    let mut bare = String::new();
    let mut parts = text.split_inclusive(|c: char| !c.is_ascii_digit() && c != '.');
    while let Some(part) = parts.next() {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let is_number = rest.len() < part.len();
        match rest {
            // Of `ms`, which is split.
            "m" if is_number => {
                bare.push('s');
                match parts.next() {
                    Some("s") | None => {}
                    Some(other) => bare.push_str(other),
                }
            }
            rest => bare.push_str(rest),
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_numbers_and_units_look_alike() {
        let bare = without_numbers("sent at 999ms, 3 of 17 items");
        assert_eq!(bare, "sent at s,  of  items");
        assert_eq!(without_numbers("sent at 1s, 4 of 18 items"), bare);
        assert_eq!(without_numbers("sent at 1.001s, 4 of 18 items"), bare);
        assert_ne!(without_numbers("Put(1)"), without_numbers("Get(1)"));
    }

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
