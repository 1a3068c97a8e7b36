//! What both pictures say in words.

use std::time::Duration;

use super::clean::clean;
use super::flights::{Flight, Late};
use super::steps::{Change, Layout, Step, What};
use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::millis::{Millis, millis};
use crate::ordered::ordered;
use crate::report::words::count;
use crate::trace::event::error_name;
use crate::trace::fault_info::{FaultInfo, Verb};

/// From so many characters on, segments are counted where they would be listed.
const MOST_SEGMENTS: usize = 40;

pub(super) fn time(at: Duration) -> String {
    Millis(millis(at)).to_string()
}

/// Shards, where three or more that follow on each other are a range.
pub(crate) fn shards(shards: &[ShardId]) -> String {
    let shards = ordered(shards.to_vec());
    let mut names = Vec::new();
    for run in shards.chunk_by(|a, b| a.0 + 1 == b.0) {
        match run {
            [first, _, .., last] => names.push(format!("{first}-{last}")),
            few => names.extend(few.iter().map(ShardId::to_string)),
        }
    }
    names.join(", ")
}

/// The shards at either end of some links.
pub(super) fn ends(links: &[(ShardId, ShardId)]) -> Vec<ShardId> {
    let mut ends = Vec::with_capacity(2 * links.len());
    for (from, to) in links {
        ends.extend([*from, *to]);
    }
    ordered(ends)
}

/// The two groups into which the shards of some links fall, where each of the links leads from one
/// group to the other.
pub(super) fn sides(links: &[(ShardId, ShardId)]) -> Option<[Vec<ShardId>; 2]> {
    let mut ways = Vec::with_capacity(2 * links.len());
    for (a, b) in links {
        ways.extend([(*a, *b), (*b, *a)]);
    }
    let ways = ordered(ways);
    let shards = ends(links);
    let place = |shard| shards.binary_search(&shard).expect("an end of a link");
    let mut side_of = vec![None; shards.len()];
    for first in 0..shards.len() {
        let mut todo = Vec::new();
        if side_of[first].is_none() {
            side_of[first] = Some(0);
            todo.push((first, 0));
        }
        while let Some((here, side)) = todo.pop() {
            let shard = shards[here];
            let begin = ways.partition_point(|(from, _)| *from < shard);
            for (_, peer) in ways[begin..].iter().take_while(|(from, _)| *from == shard) {
                let there = place(*peer);
                match side_of[there] {
                    None => {
                        side_of[there] = Some(1 - side);
                        todo.push((there, 1 - side));
                    }
                    Some(same) if same == side => return None,
                    Some(_) => {}
                }
            }
        }
    }
    let mut sides = [Vec::new(), Vec::new()];
    for (shard, side) in shards.into_iter().zip(side_of) {
        sides[side.unwrap_or(0)].push(shard);
    }
    Some(sides)
}

/// Some links, in short: `0, 1 <-> 2`.
pub(crate) fn links(links: &[(ShardId, ShardId)]) -> String {
    let all = ordered(links.to_vec());
    if let Some([left, right]) = sides(&all) {
        let ways = left.len() * right.len();
        let leads_on = |(from, _): &&(ShardId, ShardId)| left.binary_search(from).is_ok();
        let there = all.iter().filter(leads_on).count();
        let back = all.len() - there;
        let (left, right) = (shards(&left), shards(&right));
        if (there, back) == (ways, ways) {
            return format!("{left} <-> {right}");
        } else if (there, back) == (ways, 0) {
            return format!("{left} -> {right}");
        } else if (there, back) == (0, ways) {
            return format!("{right} -> {left}");
        }
    } else {
        let ends = ends(&all);
        if all.len() == ends.len() * (ends.len() - 1) {
            return format!("all of {}", shards(&ends));
        }
    }
    let mut few = Vec::new();
    for (from, to) in all.iter().take(3) {
        few.push(format!("{from} -> {to}"));
    }
    let more = all.len() - few.len();
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    few.join(", ") + &more
}

/// A fault, and on which links it is: `cut 0, 1 <-> 2`.
pub(super) fn fault(fault: &FaultInfo) -> String {
    let what = clean(fault.what.trim_end_matches(','), 60);
    if fault.links.is_empty() {
        return what;
    }
    let on = if fault.is_cut() { "" } else { "on " };
    format!("{what} {on}{}", links(&fault.links))
}

/// That a fault begins, and of which kind of chaos it is.
pub(super) fn fault_began(info: &FaultInfo) -> String {
    let by = info.by_chaos.map(|kind| format!(" by chaos ({kind})"));
    fault(info) + &by.unwrap_or_default()
}

/// That a fault is over.
pub(super) fn fault_ended(info: &FaultInfo) -> String {
    let ended = match info.verb {
        Verb::Cut => "healed",
        Verb::Hold => "released",
        _ => "ended",
    };
    format!("{} {ended}", fault(info))
}

/// Segments that go to one shard, in the order given: `#1-3, #7 of 0, #1 of 2`.
pub(super) fn segments(segments: &[Segment]) -> String {
    let by_sender = segments.chunk_by(|a, b| a.from == b.from);
    let by_sender = by_sender.map(|those| {
        let runs = those.chunk_by(|a, b| a.number + 1 == b.number);
        let runs = runs.map(|run| numbers(run[0].number, run[run.len() - 1].number));
        let runs: Vec<_> = runs.collect();
        format!("{} of {}", runs.join(", "), those[0].from)
    });
    by_sender.collect::<Vec<_>>().join(", ")
}

/// Numbers of segments that follow on each other.
pub(super) fn numbers(first: u64, last: u64) -> String {
    if first == last {
        format!("#{first}")
    } else {
        format!("#{first}-{last}")
    }
}

/// What is said of a fault, and who asked for it: whatever the room, the line is not cut off.
pub(super) fn with_line(caption: &str, fault: &FaultInfo, room: usize) -> String {
    let asked = asked(fault);
    clean(caption, room.saturating_sub(asked.chars().count())) + &asked
}

/// Who asked for a fault; by the name of the file alone where its path is long.
pub(super) fn asked(fault: &FaultInfo) -> String {
    let path = fault.asked.file();
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let file = if path.len() > 40 { name } else { path };
    format!(" ({file}:{})", fault.asked.line())
}

fn change(change: Change, of: &[ShardId]) -> String {
    let ids = shards(of);
    let s = if of.len() == 1 { "" } else { "s" };
    match change {
        Change::Dropped => format!("endpoint{s} of {ids} dropped"),
        Change::Crashed => format!("shard{s} {ids} crashed"),
        Change::Restarted => format!("shard{s} {ids} restarted"),
        Change::Paused => format!("shard{s} {ids} paused"),
        Change::Resumed => format!("shard{s} {ids} resumed"),
        Change::Clock(change) => format!("clock{s} of {ids} {change}"),
    }
}

/// What is said of a row beside what is drawn.
pub(super) fn caption(layout: &Layout, step: &Step) -> String {
    match &step.what {
        What::Sent(flights) => sending(layout, step, flights),
        What::Arrived(index) => arrival(layout, &layout.flights[*index]),
        What::Lost(index) if layout.flights[*index].arrived.is_none() => {
            let it = &layout.flights[*index];
            format!("{}, {}", lost(it), sent(layout, it))
        }
        What::Lost(index) | What::Received(index) => {
            at_receiver(&step.what, &[&layout.flights[*index]])
        }
        What::Shards(what, shards) => change(*what, shards),
        What::Began(info) => fault_began(info),
        What::Ended(info) => fault_ended(info),
        What::Refused(_, to, why) => format!("send to {to} refused: `{}`", error_name(*why)),
        What::Noted(_, text) => text.to_string(),
    }
}

/// What became at their receiver of segments that had arrived; it is the same for all.
pub(super) fn at_receiver(what: &What, flights: &[&Flight]) -> String {
    let all: Vec<_> = flights.iter().map(|it| it.segment).collect();
    let mut which = segments(&all);
    if which.chars().count() > MOST_SEGMENTS {
        let senders: Vec<_> = all.iter().map(|it| it.from).collect();
        which = format!("{} of {}", all.len(), shards(&senders));
    }
    match what {
        What::Received(_) => format!("receives {which}"),
        _ => format!("{which} {}", lost(flights[0])),
    }
}

fn lost(it: &Flight) -> String {
    it.lost
        .map_or_else(String::new, |(_, why)| format!("lost {why}"))
}

fn sending(layout: &Layout, step: &Step, flights: &[usize]) -> String {
    let it = &layout.flights[flights[0]];
    let mut words = Vec::new();
    if let Some((event, _)) = it.lost {
        let at_once = layout.row(Some(event)) == layout.row(it.sent);
        words.push(if at_once {
            lost(it)
        } else if it.arrived.is_none() {
            "lost later".to_owned()
        } else {
            "not received".to_owned()
        });
    }
    let open = it.arrived.is_none() && it.lost.is_none();
    let held = it.late == Some(Late::Held);
    match it.late {
        Some(Late::Held) if open => words.push("still held".to_owned()),
        Some(Late::Held) => words.push("held".to_owned()),
        _ if open => words.push("still on its way".to_owned()),
        Some(Late::Reordered) if it.overtaken => words.push("to be overtaken".to_owned()),
        Some(Late::Reordered) => words.push("may be overtaken".to_owned()),
        _ => {}
    }
    if let (Some(row), false) = (layout.row(it.arrived), it.came_at_once() || held) {
        let at = layout.steps[row].at;
        if at > step.at {
            words.push(format!("arrives at {}", time(at)));
        }
    }
    if flights.len() > 1 {
        words.push("duplicated".to_owned());
    }
    words.extend(unreceived(it).filter(|_| it.came_at_once()));
    words.join(", ")
}

fn arrival(layout: &Layout, it: &Flight) -> String {
    let mut words = Vec::new();
    if it.copy {
        words.push("copy".to_owned());
    }
    match it.late {
        Some(Late::Held) => words.push("released".to_owned()),
        Some(Late::Reordered) if it.overtaken => words.push("overtaken".to_owned()),
        _ => {}
    }
    words.push(sent(layout, it));
    words.extend(unreceived(it));
    words.join(", ")
}

fn sent(layout: &Layout, it: &Flight) -> String {
    let row = layout.row(it.sent);
    row.map_or_else(
        || "sent before these".to_owned(),
        |row| format!("sent at {}", time(layout.steps[row].at)),
    )
}

fn unreceived(it: &Flight) -> Option<String> {
    (it.received.is_none() && it.lost.is_none()).then(|| "not received".to_owned())
}

/// What is not shown of what came before. The log of each lane forgets its own oldest events, so that some may
/// be newer than what another lane shows.
pub(super) fn before(not_shown: u64, forgotten: u64) -> Option<String> {
    let events = not_shown + forgotten;
    let place = if forgotten > 0 {
        "before or among these"
    } else {
        "before these"
    };
    (events > 0).then(|| format!("… {} {place}", count(events, "event")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::chaos::kind::Kind;
    use crate::report::drawing::samples::fault_on;

    fn ids(ids: &[u64]) -> Vec<ShardId> {
        ids.iter().copied().map(ShardId).collect()
    }

    #[test]
    fn segments_are_told_in_the_order_of_their_receiving() {
        let told = |list: &[(u64, u64)]| {
            let list = list.iter().map(|&(from, number)| Segment {
                from: ShardId(from),
                to: ShardId(9),
                number,
            });
            segments(&list.collect::<Vec<_>>())
        };
        assert_eq!(
            told(&[(0, 1), (0, 2), (0, 3), (1, 1)]),
            "#1-3 of 0, #1 of 1"
        );
        assert_eq!(told(&[(0, 2), (0, 1), (0, 1)]), "#2, #1, #1 of 0");
    }

    #[test]
    fn however_little_room_there_is_the_line_of_a_fault_is_told() {
        let fault = fault_on(Verb::Cut, "cut", &[(0, 1)]);
        let asked = asked(&fault);
        assert_eq!(
            with_line("cut 0 -> 1", &fault, 100),
            format!("cut 0 -> 1{asked}")
        );
        let room = asked.chars().count() + 4;
        assert_eq!(
            with_line("cut 0 -> 1", &fault, room),
            format!("cut…{asked}")
        );
    }

    #[test]
    fn three_shards_in_a_row_are_a_range() {
        assert_eq!(shards(&ids(&[7, 0, 1, 4, 3, 2, 9, 10])), "0-4, 7, 9, 10");
    }

    #[test]
    fn a_fault_of_chaos_is_told_with_its_kind_where_it_begins() {
        let mut info = fault_on(Verb::Cut, "cut", &[(0, 2)]);
        assert_eq!(fault_began(&info), "cut 0 -> 2");
        info.by_chaos = Some(Kind::OneWay);
        assert_eq!(fault_began(&info), "cut 0 -> 2 by chaos (one_way)");
        assert_eq!(fault_ended(&info), "cut 0 -> 2 healed");
    }

    #[test]
    fn links_between_two_groups_are_told_by_the_groups() {
        let told = |links: &[(u64, u64)]| fault(&fault_on(Verb::Cut, "cut", links));
        assert_eq!(told(&[(0, 2)]), "cut 0 -> 2");
        assert_eq!(told(&[(2, 0)]), "cut 2 -> 0");
        assert_eq!(told(&[(0, 2), (1, 2), (2, 0), (2, 1)]), "cut 0, 1 <-> 2");
        assert_eq!(
            told(&[(0, 1), (1, 2), (2, 0)]),
            "cut 0 -> 1, 1 -> 2, 2 -> 0"
        );
        assert_eq!(
            told(&[(0, 1), (1, 2), (2, 3), (3, 0)]),
            "cut 0 -> 1, 1 -> 2, 2 -> 3 and 1 more"
        );
        let full = [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)];
        assert_eq!(told(&full), "cut all of 0-2");
        assert_eq!(told(&[]), "cut");
    }

    #[test]
    fn the_shards_of_a_ring_of_three_are_on_no_two_sides() {
        let links = [(0, 1), (1, 2), (2, 0)].map(|(a, b)| (ShardId(a), ShardId(b)));
        assert_eq!(sides(&links), None);
        assert_eq!(sides(&links[..2]), Some([ids(&[0, 2]), ids(&[1])]));
    }
}
