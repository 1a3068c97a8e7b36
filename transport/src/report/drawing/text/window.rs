//! Which rows and lanes of a timeline are shown: those around the moments that matter, and around the end.

use std::ops::Range;

use super::matters::Weight;
use super::repeats::{self, Shown};
use super::rows::Row;
use crate::contract::shard_id::ShardId;
use crate::ordered::{ordered, sort_by};
use crate::report::drawing::steps::{Layout, Step, What};
use crate::trace::timeline::Timeline;

/// How many lines are drawn: with those around them, about 40.
const LINES: usize = 36;

/// Up to so many shards have a lane each, even if nothing happened to them.
const FEW: usize = 8;

/// At most so many shards have a lane.
const LANES: usize = 12;

/// So many steps before the end are looked at one by one, and before them so many around each that matters.
pub(super) const NEWEST: usize = 20_000;
const AROUND: usize = 8;

/// So many lines before the end are shown at least.
const END: usize = 3;

/// What of the timeline is shown.
pub(super) struct Window {
    pub(super) items: Vec<Shown>,
    pub(super) lanes: Vec<ShardId>,
    /// How many events came before the first item.
    pub(super) before: u64,
    /// How many events since were left out, because they are of shards without a lane.
    pub(super) hidden: u64,
}

/// One line that may be shown.
struct Candidate {
    shown: Shown,
    /// How much it matters, if it does.
    weight: Option<Weight>,
    /// Whether something was left out before it anyway.
    after_gap: bool,
}

impl Window {
    pub(super) fn new(timeline: &Timeline, layout: &Layout) -> Self {
        let matters = layout.matters(timeline);
        let lanes = lanes(timeline, layout, &matters);
        let candidates = candidates(timeline, layout, &lanes, &matters);
        let chosen = choose(&candidates);
        let mut items = Vec::new();
        let mut end = None;
        let mut last = None;
        for index in chosen {
            let Candidate {
                shown, after_gap, ..
            } = &candidates[index];
            let steps = shown.steps();
            // What has no lane, and nothing else, is between two that are next to each other.
            let adjacent = last.is_none_or(|last: usize| last + 1 == index) && !after_gap;
            if let Some(end) = end.filter(|end| *end < steps.first && !adjacent) {
                items.push(Shown::Gap(Row {
                    first: end,
                    end: steps.first,
                }));
            }
            items.push(*shown);
            (end, last) = (Some(steps.end), Some(index));
        }
        let events = |steps: Range<usize>| -> u64 {
            let steps = layout.steps[steps].iter();
            steps.map(|step| step.events).sum()
        };
        let first = items
            .first()
            .map_or(layout.steps.len(), |it| it.steps().first);
        let told = items.iter().map(|it| {
            let Row { first, end } = it.steps();
            events(first..end)
        });
        let told: u64 = told.sum();
        Self {
            before: events(0..first),
            hidden: events(first..layout.steps.len()).saturating_sub(told),
            items,
            lanes,
        }
    }
}

/// The shards whose lane a step needs.
fn parties(layout: &Layout, step: &Step) -> Vec<ShardId> {
    match &step.what {
        // They need no lane to be told of.
        What::Shards(_, shards) if shards.len() > 1 => Vec::new(),
        _ => layout.parties(step),
    }
}

/// Few shards have a lane each; of many, those to which something happened that matters, and then those to
/// which anything happened, last.
fn lanes(timeline: &Timeline, layout: &Layout, matters: &[(usize, Weight)]) -> Vec<ShardId> {
    if timeline.shards.len() <= FEW {
        return ordered(timeline.shards.clone());
    }
    let mut matters: Vec<_> = matters.iter().rev().copied().collect();
    sort_by(&mut matters, |(_, a), (_, b)| a.cmp(b));
    let matters = matters.into_iter().map(|(step, _)| step);
    let mut lanes = Vec::new();
    for step in matters.chain((0..layout.steps.len()).rev()) {
        let mut new = ordered(parties(layout, &layout.steps[step]));
        new.retain(|it| !lanes.contains(it));
        if lanes.len() + new.len() <= LANES {
            lanes.append(&mut new);
        }
        if lanes.len() == LANES {
            break;
        }
    }
    if lanes.is_empty() {
        lanes.extend(timeline.shards.iter().take(FEW));
    }
    ordered(lanes)
}

/// Every line that may be shown, in order.
fn candidates(
    timeline: &Timeline,
    layout: &Layout,
    lanes: &[ShardId],
    matters: &[(usize, Weight)],
) -> Vec<Candidate> {
    let mut all = Vec::new();
    for range in ranges(layout.steps.len(), matters) {
        let start = range.start;
        let shown = repeats::fold(layout, timeline, &rows(timeline, layout, lanes, range));
        let before = all.len();
        all.extend(shown.into_iter().map(|shown| {
            let Row { first, end } = shown.steps();
            let from = matters.partition_point(|(step, _)| *step < first);
            let within = matters[from..].iter().take_while(|(step, _)| *step < end);
            Candidate {
                shown,
                weight: within.map(|(_, weight)| *weight).min(),
                after_gap: false,
            }
        }));
        if let Some(first) = all.get_mut(before) {
            first.after_gap = start > 0;
        }
    }
    all
}

/// The rows of some steps, as far as these lanes show them.
pub(super) fn rows(
    timeline: &Timeline,
    layout: &Layout,
    lanes: &[ShardId],
    range: Range<usize>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut end = range.end;
    while end > range.start {
        let parties = parties(layout, &layout.steps[end - 1]);
        if parties.iter().all(|it| lanes.contains(it)) {
            let first = layout.first_alike((range.start, end), timeline);
            rows.push(Row { first, end });
            end = first;
        } else {
            end -= 1;
        }
    }
    rows.reverse();
    rows
}

/// The steps that are looked at: the newest, and those around each that matters.
fn ranges(steps: usize, matters: &[(usize, Weight)]) -> Vec<Range<usize>> {
    let newest = steps.saturating_sub(NEWEST)..steps;
    let around = matters
        .iter()
        .map(|(step, _)| step.saturating_sub(AROUND)..(step + AROUND + 1).min(steps));
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for range in around
        .take_while(|it| it.start < newest.start)
        .chain([newest.clone()])
    {
        match ranges.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => ranges.push(range),
        }
    }
    ranges
}

/// So many lines are shown around what matters, or what matters less is not looked at.
const LEAST: usize = 2;

/// The candidates that are shown, in order: as many around each that matters, and before the end, as there is
/// room for. Where too much matters, that is what matters most, and of the rest the last.
fn choose(candidates: &[Candidate]) -> Vec<usize> {
    let levels = [Weight::Chance, Weight::Noted, Weight::Turn, Weight::Decided];
    let fitting = levels.into_iter().find_map(|least| {
        let radii = (LEAST..=LINES).rev();
        radii
            .map(|radius| around(candidates, least, radius))
            .find(|chosen| lines(candidates, chosen) <= LINES)
    });
    let all = 0..candidates.len();
    let mut chosen = fitting.unwrap_or_else(|| {
        let end = candidates.len().saturating_sub(END);
        all.clone().map(|index| index >= end).collect()
    });
    let mut matter: Vec<_> = all
        .clone()
        .rev()
        .filter_map(|index| Some((candidates[index].weight?, index)))
        .filter(|(_, index)| !chosen[*index])
        .collect();
    sort_by(&mut matter, |(a, _), (b, _)| a.cmp(b));
    for (_, index) in matter.into_iter().take(LINES) {
        chosen[index] = true;
        if lines(candidates, &chosen) > LINES {
            chosen[index] = false;
        }
    }
    all.filter(|index| chosen[*index]).collect()
}

/// So many around each that matters as much, and the end; and what is alone between two of them.
fn around(candidates: &[Candidate], least: Weight, radius: usize) -> Vec<bool> {
    let all = candidates.len();
    let mut chosen = vec![false; all];
    for (index, it) in candidates.iter().enumerate() {
        if it.weight.is_some_and(|weight| weight <= least) {
            let around = index.saturating_sub(radius)..(index + radius + 1).min(all);
            chosen[around].fill(true);
        }
    }
    chosen[all.saturating_sub(END + 2 * radius)..].fill(true);
    for index in 1..all.saturating_sub(1) {
        if chosen[index - 1] && chosen[index + 1] {
            chosen[index] = true;
        }
    }
    chosen
}

/// How many lines these take, with those that say what is left out between them.
fn lines(candidates: &[Candidate], chosen: &[bool]) -> usize {
    let mut lines = 0;
    let mut last = None;
    for (index, it) in candidates
        .iter()
        .enumerate()
        .filter(|(index, _)| chosen[*index])
    {
        let gap = last.is_some_and(|last| last + 1 < index) || (it.after_gap && last.is_some());
        lines += 1 + usize::from(gap);
        last = Some(index);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(weights: &[Option<Weight>]) -> Vec<Candidate> {
        let weights = weights.iter().enumerate();
        let candidate = |(step, weight): (usize, &Option<Weight>)| Candidate {
            shown: Shown::Row(Row {
                first: step,
                end: step + 1,
            }),
            weight: *weight,
            after_gap: false,
        };
        weights.map(candidate).collect()
    }

    #[test]
    fn a_short_run_is_shown_whole() {
        let all = candidates(&[None; LINES]);
        assert_eq!(choose(&all), (0..LINES).collect::<Vec<_>>());
    }

    #[test]
    fn of_a_long_run_the_end_is_shown() {
        let all = candidates(&[None; 1000]);
        let chosen = choose(&all);
        assert_eq!(chosen.last(), Some(&999));
        assert!((LINES - 1..=LINES).contains(&chosen.len()), "{chosen:?}");
        assert_eq!(chosen[0] + chosen.len(), 1000);
    }

    #[test]
    fn what_matters_is_shown_with_what_is_around_it() {
        let mut weights = [None; 1000];
        weights[100] = Some(Weight::Decided);
        let all = candidates(&weights);
        let chosen = choose(&all);
        assert!(chosen.contains(&97) && chosen.contains(&103), "{chosen:?}");
        assert!(chosen.contains(&985), "{chosen:?}");
        assert!(!chosen.contains(&500), "{chosen:?}");
    }

    #[test]
    fn of_too_much_what_matters_most_is_shown() {
        let mut weights = [Some(Weight::Noted); 1000];
        weights[1] = Some(Weight::Decided);
        weights[700] = Some(Weight::Turn);
        let all = candidates(&weights);
        let chosen = choose(&all);
        for one in [1, 700, 998, 999] {
            assert!(chosen.contains(&one), "{chosen:?}");
        }
        let mut flags = vec![false; 1000];
        for it in &chosen {
            flags[*it] = true;
        }
        assert!(lines(&all, &flags) <= LINES);
    }

    #[test]
    fn steps_long_before_the_end_are_looked_at_around_what_matters() {
        let matters = [
            (5, Weight::Turn),
            (10, Weight::Noted),
            (90_000, Weight::Noted),
        ];
        assert_eq!(ranges(100_000, &matters), [0..19, 80_000..100_000]);
    }
}
