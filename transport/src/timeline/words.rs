//! What both pictures say in words.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Segment;
use super::clean::clean;
use super::flights::{Flight, Late};
use super::steps::{Change, Layout, Step, What};
use crate::ShardId;
use crate::fault::{FaultInfo, Verb};
use crate::latency::millis;
use crate::moment::Moment;

/// From so many characters on, segments are counted where they would be listed.
const MOST_SEGMENTS: usize = 40;

pub(super) fn time(at: Duration) -> String {
    Moment(millis(at)).to_string()
}

/// Shards, where three or more that follow on each other are a range.
pub(super) fn shards(shards: impl IntoIterator<Item = ShardId>) -> String {
    let ids: BTreeSet<u64> = shards.into_iter().map(|shard| shard.0).collect();
    let ids: Vec<u64> = ids.into_iter().collect();
    let runs = ids.chunk_by(|a, b| a + 1 == *b);
    let runs = runs.flat_map(|run| match run {
        [first, _, .., last] if run.len() > 2 => vec![format!("{first}-{last}")],
        few => few.iter().map(u64::to_string).collect(),
    });
    runs.collect::<Vec<_>>().join(", ")
}

/// The two groups into which the shards of some links fall, where each of the links leads from one
/// group to the other.
pub(super) fn sides(links: &[(ShardId, ShardId)]) -> Option<[BTreeSet<ShardId>; 2]> {
    let mut peers = BTreeMap::<_, Vec<_>>::new();
    for (a, b) in links {
        peers.entry(*a).or_default().push(*b);
        peers.entry(*b).or_default().push(*a);
    }
    let mut sides = [BTreeSet::new(), BTreeSet::new()];
    for first in peers.keys() {
        if sides.iter().any(|side| side.contains(first)) {
            continue;
        }
        sides[0].insert(*first);
        let mut todo = vec![(*first, 0)];
        while let Some((shard, here)) = todo.pop() {
            for peer in &peers[&shard] {
                if sides[here].contains(peer) {
                    return None;
                }
                if sides[1 - here].insert(*peer) {
                    todo.push((*peer, 1 - here));
                }
            }
        }
    }
    Some(sides)
}

/// Some links, in short: `0, 1 <-> 2`.
pub(crate) fn links(links: &[(ShardId, ShardId)]) -> String {
    let all = BTreeSet::from_iter(links);
    let ends = all.iter().flat_map(|(from, to)| [*from, *to]);
    let ends: BTreeSet<_> = ends.collect();
    if let Some([left, right]) = sides(links) {
        let ways = left.len() * right.len();
        let there = all.iter().filter(|(from, _)| left.contains(from)).count();
        let back = all.len() - there;
        let (left, right) = (shards(left), shards(right));
        if (there, back) == (ways, ways) {
            return format!("{left} <-> {right}");
        } else if (there, back) == (ways, 0) {
            return format!("{left} -> {right}");
        } else if (there, back) == (0, ways) {
            return format!("{right} -> {left}");
        }
    } else if all.len() == ends.len() * (ends.len() - 1) {
        return format!("all of {}", shards(ends));
    }
    let few = all.iter().take(3);
    let few: Vec<_> = few.map(|(from, to)| format!("{from} -> {to}")).collect();
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
    let ids = shards(of.iter().copied());
    let s = if of.len() == 1 { "" } else { "s" };
    match change {
        Change::Dropped => format!("endpoint{s} of {ids} dropped"),
        Change::Crashed => format!("shard{s} {ids} crashed"),
        Change::Restarted => format!("shard{s} {ids} restarted"),
        Change::Paused => format!("shard{s} {ids} paused"),
        Change::Resumed => format!("shard{s} {ids} resumed"),
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
        What::Began(info) => fault(info),
        What::Ended(info) => fault_ended(info),
    }
}

/// What became at their receiver of segments that had arrived; it is the same for all.
pub(super) fn at_receiver(what: &What, flights: &[&Flight]) -> String {
    let all: Vec<_> = flights.iter().map(|it| it.segment).collect();
    let mut which = segments(&all);
    if which.chars().count() > MOST_SEGMENTS {
        let senders = all.iter().map(|it| it.from);
        which = format!("{} of {}", all.len(), shards(senders));
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
        Some(Late::Reordered) => words.push("to be overtaken".to_owned()),
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
        Some(Late::Reordered) => words.push("overtaken".to_owned()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::tests::fault_on;

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
        assert_eq!(shards(ids(&[7, 0, 1, 4, 3, 2, 9, 10])), "0-4, 7, 9, 10");
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
        let [left, right] = sides(&links[..2]).unwrap();
        assert_eq!(
            (Vec::from_iter(left), Vec::from_iter(right)),
            (ids(&[0, 2]), ids(&[1]))
        );
    }
}
