//! Who waits for what, in words, followed to its cause.

use std::fmt::Write as _;
use std::panic::Location;

use super::drawing::words::shards;
use super::words::{copies, few, segments};
use crate::contract::shard_id::ShardId;
use crate::millis::Millis;
use crate::network::inbox::arrivals::EndpointState;
use crate::network::links::fault_state::FaultState;
use crate::network::links::link::LinkView;
use crate::network::tasks::task::Task;
use crate::network::waits::{Wait, WaitFor, Waits};
use crate::ordered::{ordered, sort_by};
use crate::run::properties::Awaited;

/// How many of those who wait are named.
const MOST_WAITS: usize = 12;

/// From more links than these on which nothing was sent, they are counted.
const MOST_IDLE: usize = 2;

/// A line for each who waits, and first of all which of them wait for each other; where no task can
/// run, also what that means for all of them.
pub(super) fn lines(found: &Waits, at_rest: bool) -> Vec<String> {
    let mut lines: Vec<_> = deadlocks(found).iter().map(|it| deadlock(it)).collect();
    let mut waits: Vec<_> = found.all.iter().collect();
    // Whoever is in trouble, or waits longest, is most likely what the others wait for.
    let rank = |wait: &Wait| (!can_be_explained(found, wait), wait.since);
    sort_by(&mut waits, |a, b| rank(a).cmp(&rank(b)));
    let first = waits.into_iter().take(MOST_WAITS);
    lines.extend(first.map(|wait| line(found, wait)));
    if let Some(more) = found.all.len().checked_sub(MOST_WAITS + 1) {
        lines.push(format!("and {} more wait", more + 1));
    }
    if at_rest && nobody_sends(found) {
        lines.push(
            "all of these wait to receive, and nothing is held, on the way or still to be received: \
             what they wait for was not sent, was lost, or went to another task"
                .to_owned(),
        );
    }
    lines
}

/// For what the test waits by name.
pub(super) fn awaited(all: &[Awaited]) -> Vec<String> {
    let line = |Awaited { name, asked, since }: &Awaited| {
        let (file, line) = (asked.file(), asked.line());
        let since = Millis(*since);
        format!("somebody waits until {name:?} ({file}:{line}) since {since}")
    };
    let mut lines: Vec<_> = all.iter().take(MOST_WAITS).map(line).collect();
    if let Some(more) = all.len().checked_sub(MOST_WAITS + 1) {
        lines.push(format!("and {} more", more + 1));
    }
    lines
}

/// The tasks of shards that are not over: those that were spawned by one line, and of which the same
/// is known, are told together. Which of them it is that waits on the mesh is not known: a task of a
/// shard may use the endpoint of another.
pub(super) fn tasks(found: &Waits) -> Vec<String> {
    let mut groups: Vec<(&Location<'_>, State, Vec<ShardId>)> = Vec::new();
    for Task { shard, asked } in &found.tasks {
        let state = State::of(found, *shard);
        let same = groups
            .iter_mut()
            .find(|(line, of, _)| (*line, *of) == (*asked, state));
        match same {
            Some((_, _, shards)) => shards.push(*shard),
            None => groups.push((asked, state, vec![*shard])),
        }
    }
    let lines = groups.iter();
    let mut lines: Vec<_> = lines
        .map(|(asked, state, of)| task(asked, *state, of))
        .collect();
    if let Some(more) = lines.len().checked_sub(MOST_WAITS + 1) {
        let left_out: usize = groups[MOST_WAITS..].iter().map(|it| it.2.len()).sum();
        lines.truncate(lines.len() - more - 1);
        lines.push(format!("and {left_out} more tasks"));
    }
    lines
}

/// What is known of a task that is not over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Frozen,
    /// Something waits on the endpoint of its shard.
    Among,
    /// Nothing does.
    Elsewhere,
}

impl State {
    fn of(found: &Waits, shard: ShardId) -> Self {
        let waits = |wait: &Wait| match wait.what {
            WaitFor::Segment(at) => at == shard,
            WaitFor::Room(from, _) => from == shard,
            WaitFor::Rest => false,
        };
        if found.shard(shard).is_some_and(|view| view.paused) {
            Self::Frozen
        } else if found.all.iter().any(waits) {
            Self::Among
        } else {
            Self::Elsewhere
        }
    }
}

fn task(asked: &Location<'_>, state: State, of: &[ShardId]) -> String {
    let ids = shards(of);
    let one_shard = of.iter().all(|it| *it == of[0]);
    let (task, are) = match (of.len(), one_shard) {
        (1, _) => (format!("a task of shard {ids}"), "is"),
        (tasks, true) => (format!("{tasks} tasks of shard {ids}"), "are"),
        (tasks, false) => (format!("{tasks} tasks of shards {ids}"), "are"),
    };
    let state = match (state, one_shard) {
        (State::Frozen, true) => "frozen, as the shard is paused",
        (State::Frozen, false) => "frozen, as the shards are paused",
        (State::Among, _) => "not over",
        (State::Elsewhere, true) => "not over, and nothing waits on the endpoint of the shard",
        (State::Elsewhere, false) => "not over, and nothing waits on the endpoints of the shards",
    };
    let (file, line) = (asked.file(), asked.line());
    format!("{task}, spawned at {file}:{line}, {are} {state}")
}

fn line(found: &Waits, wait: &Wait) -> String {
    let since = Millis(wait.since);
    let tasks = match wait.tasks {
        1 => String::new(),
        tasks => format!(" in {tasks} tasks"),
    };
    match wait.what {
        WaitFor::Segment(shard) => {
            let why = match &why_no_segment(found, shard)[..] {
                [reason] => format!(" {reason}"),
                several => format!("\n    {}", few(several.to_vec(), "\n    ")),
            };
            format!("shard {shard} waits in recv_segment{tasks} since {since}:{why}")
        }
        WaitFor::Room(from, to) => {
            let why = why_no_room(found, from, to);
            format!("shard {from} waits in send_segment{tasks} since {since}: {why}")
        }
        WaitFor::Rest => format!(
            "the test waits in settle{tasks} since {since}: {}",
            unrest(found)
        ),
    }
}

/// The reasons, those first that tell most.
fn why_no_segment(found: &Waits, shard: ShardId) -> Vec<String> {
    let view = found.shard(shard);
    let mut reasons = Vec::new();
    if view.is_some_and(|view| view.paused) {
        reasons.push("it is paused".to_owned());
    }
    let unused = view.map_or(0, |view| view.unused);
    let mut open: Vec<_> = found.into(shard).filter(|link| link.open).collect();
    let rank = |link: &LinkView| {
        let trouble = is_in_trouble(found, link);
        (!swallows(link), !trouble, link.sent > 0)
    };
    sort_by(&mut open, |a, b| rank(a).cmp(&rank(b)));
    let idle = |link: &LinkView| link.sent == 0 && !is_in_trouble(found, link);
    let all_idle = open.iter().filter(|link| idle(link)).count() + unused;
    match open[..] {
        [link] if unused == 0 => {
            reasons.push(format!("its only inbound link {}", fate(found, link)));
        }
        _ if all_idle > MOST_IDLE => {
            let busy = open.iter().filter(|link| !idle(link));
            reasons.extend(busy.map(|link| fate(found, link)));
            reasons.push(format!(
                "{all_idle} links that lead there have carried nothing"
            ));
        }
        _ => reasons.extend(open.iter().map(|link| fate(found, link))),
    }
    if reasons.is_empty() {
        reasons.extend(past_the_end(found, shard));
    }
    reasons
}

/// Why a shard waits to which no open link leads.
fn past_the_end(found: &Waits, shard: ShardId) -> Vec<String> {
    let expects = |link: &&LinkView| link.in_flight() + link.held + link.waiting() > 0;
    let expected = found.into(shard).filter(expects);
    let mut reasons: Vec<_> = expected.map(|link| fate(found, link)).collect();
    if reasons.is_empty() {
        reasons.push(
            "no open link leads there and nothing is on its way, so it gets `None` as soon as it runs"
                .to_owned(),
        );
    }
    reasons
}

/// Whether more keeps someone waiting than that nothing was sent.
fn can_be_explained(found: &Waits, wait: &Wait) -> bool {
    match wait.what {
        WaitFor::Segment(shard) => {
            found.shard(shard).is_some_and(|view| view.paused)
                || found.into(shard).any(|link| is_in_trouble(found, link))
        }
        WaitFor::Room(..) | WaitFor::Rest => true,
    }
}

/// Whether something keeps a link from carrying what is sent on it, or its sender from sending.
fn is_in_trouble(found: &Waits, link: &LinkView) -> bool {
    let sender = found.shard(link.from);
    swallows(link)
        || link.cut.is_some()
        || sender.is_some_and(|it| it.paused || it.endpoint == EndpointState::Crashed)
}

/// Whether something was sent on a link that has not arrived.
fn swallows(link: &LinkView) -> bool {
    link.all_dropped() + link.in_flight() + link.held > 0
}

/// A link whose receiver waits, and what became of that which was sent on it.
fn fate(found: &Waits, link: &LinkView) -> String {
    let closed = if link.open { "" } else { "is closed, " };
    let mut fate = format!("{} -> {} {closed}{}", link.from, link.to, carried(link));
    if let Some(fault) = &link.cut {
        fate = format!(
            "{} -> {} is cut ({}), {}",
            link.from,
            link.to,
            line_of(fault),
            carried(link)
        );
    }
    for (amount, told) in [
        (link.dropped, segments(link.dropped) + " lost on it"),
        (
            link.fault_counts.copies_dropped,
            copies(link.fault_counts.copies_dropped) + " lost on it",
        ),
        (link.in_flight(), segments(link.in_flight()) + " on the way"),
        (
            link.waiting(),
            segments(link.waiting()) + " arrived and not received",
        ),
        (link.held, segments(link.held) + " held"),
    ] {
        if amount > 0 {
            let _ = write!(fate, ", {told}");
        }
    }
    if link.held > 0 {
        let by = link.hold.as_ref().map_or("by a rule".to_owned(), |hold| {
            format!("({})", line_of(hold))
        });
        let _ = write!(fate, " {by}");
    }
    if let Some(reason) = silence(found, link) {
        let _ = write!(fate, "; {reason}");
    }
    fate
}

fn carried(link: &LinkView) -> String {
    // A copy that was received makes up for no segment that was lost.
    match (link.sent, link.received) {
        (0, _) => "has carried nothing".to_owned(),
        (sent, 0) => format!("has carried {sent}, none received"),
        (sent, received) if received >= sent => format!("has carried {sent}, all received"),
        (sent, received) => format!("has carried {sent}, {received} received"),
    }
}

/// Why the sender of a link is silent.
fn silence(found: &Waits, link: &LinkView) -> Option<String> {
    let from = link.from;
    let view = found.shard(from)?;
    match view.endpoint {
        EndpointState::Crashed => return Some(format!("shard {from} has crashed, and is silent")),
        EndpointState::Alive | EndpointState::Dropped => {}
    }
    if view.paused {
        return Some(format!("shard {from} is paused"));
    }
    found
        .of(WaitFor::Segment(from))
        .map(|_| format!("shard {from} waits to receive, too"))
}

fn why_no_room(found: &Waits, from: ShardId, to: ShardId) -> String {
    let capacity = found.capacity;
    let mut why = format!("the link {from} -> {to} is full: ");
    let Some(link) = found.link(from, to) else {
        return why;
    };
    let mut taken = Vec::new();
    if link.waiting() > 0 {
        let waiting = segments(link.waiting());
        taken.push(format!("shard {to} has {waiting} still to receive"));
    }
    if link.in_flight() > 0 {
        taken.push(segments(link.in_flight()) + " on the way");
    }
    if link.held > 0 {
        taken.push(segments(link.held) + " held");
    }
    let _ = write!(why, "{} (capacity {capacity})", taken.join(", "));
    if let Some(hold) = link.hold.as_ref().filter(|_| link.held > 0) {
        let _ = write!(why, " by the hold at {}", line_of(hold));
    }
    if found.shard(to).is_some_and(|view| view.paused) {
        let _ = write!(why, ", and shard {to} is paused");
    } else if let Some(next) = wanted_by(&rooms_wanted(found), to) {
        let _ = write!(why, ", and waits itself for room on {to} -> {next}");
    }
    why
}

/// The mesh has not come to rest, and why.
fn unrest(found: &Waits) -> String {
    let mut reasons = Vec::new();
    for link in &found.links {
        let LinkView { from, to, .. } = link;
        let waiting = segments(link.waiting());
        if link.waiting() > 0 {
            reasons.push(format!(
                "{waiting} on {from} -> {to} not received by shard {to}"
            ));
        }
        let on_the_way = segments(link.in_flight());
        if link.in_flight() > 0 {
            reasons.push(format!("{on_the_way} on the way on {from} -> {to}"));
        }
    }
    if reasons.is_empty() {
        return "at this moment nothing is in flight or still to be received".to_owned();
    }
    few(reasons, ", ")
}

/// For each shard that is stuck, for room on the links to which others it waits; in order.
fn rooms_wanted(found: &Waits) -> Vec<(ShardId, ShardId)> {
    let (mut wanted, mut receiving) = (Vec::new(), Vec::new());
    for wait in &found.all {
        match wait.what {
            WaitFor::Room(from, to) => wanted.push((from, to)),
            WaitFor::Segment(shard) => receiving.push(shard),
            WaitFor::Rest => {}
        }
    }
    // One that has a task which would receive is not stuck.
    let receiving = ordered(receiving);
    wanted.retain(|(from, _)| receiving.binary_search(from).is_err());
    ordered(wanted)
}

/// For room on the link to which other shard this one waits, or to the first of several.
fn wanted_by(wanted: &[(ShardId, ShardId)], shard: ShardId) -> Option<ShardId> {
    let first = wanted.partition_point(|(from, _)| *from < shard);
    let (from, to) = wanted.get(first)?;
    (*from == shard).then_some(*to)
}

/// The circles of shards that wait for room on the link to the next, each found once.
fn deadlocks(found: &Waits) -> Vec<Vec<ShardId>> {
    let wanted = rooms_wanted(found);
    let (mut circles, mut seen) = (Vec::new(), Vec::new());
    for (shard, _) in &wanted {
        let (mut path, mut next) = (Vec::new(), Some(*shard));
        while let Some(shard) = next.filter(|shard| !seen.contains(shard)) {
            seen.push(shard);
            path.push(shard);
            next = wanted_by(&wanted, shard);
        }
        // It comes to one that was seen: before on this path, or on an older one.
        let begin = path.iter().position(|known| Some(*known) == next);
        circles.extend(begin.map(|begin| path.split_off(begin)));
    }
    circles
}

fn deadlock(circle: &[ShardId]) -> String {
    let nexts = circle.iter().cycle().skip(1);
    let waits = circle.iter().zip(nexts);
    let waits = waits.map(|(from, to)| format!("{from} waits for room on {from} -> {to}"));
    format!("deadlock: {}", waits.collect::<Vec<_>>().join(", "))
}

/// Whether all wait to receive, and nothing will come.
fn nobody_sends(found: &Waits) -> bool {
    let receiving = |wait: &Wait| matches!(wait.what, WaitFor::Segment(_));
    let quiet = |link: &LinkView| link.in_flight() + link.held + link.waiting() == 0;
    found.all.len() > 1
        && found.all.iter().all(receiving)
        && found.links.iter().all(quiet)
        && !found.shards.iter().any(|shard| shard.paused)
}

/// The line that asked for a fault.
fn line_of(fault: &FaultState) -> String {
    let asked = fault.info.asked;
    format!("{}:{}", asked.file(), asked.line())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::network::waits::ShardView;

    /// Shards each of which waits for room on the link to another.
    fn waits(rooms: &[(u64, u64)]) -> Waits {
        let all = rooms.iter().map(|(from, to)| Wait {
            what: WaitFor::Room(ShardId(*from), ShardId(*to)),
            since: 0,
            tasks: 1,
        });
        let shards = rooms.iter().map(|(id, _)| ShardView {
            id: ShardId(*id),
            paused: false,
            endpoint: EndpointState::Alive,
            clock_error: (true, Duration::ZERO),
            clock_drift: None,
            unused: 0,
        });
        Waits {
            all: all.collect(),
            shards: shards.collect(),
            ..Waits::default()
        }
    }

    /// A shard that waits to receive, and the one link that leads there.
    fn at_the_end_of(link: LinkView) -> String {
        let found = Waits {
            shards: waits(&[(1, 9)]).shards,
            links: vec![LinkView {
                from: ShardId(0),
                to: ShardId(1),
                ..link
            }],
            ..Waits::default()
        };
        why_no_segment(&found, ShardId(1)).join("; ")
    }

    #[test]
    fn of_a_link_that_is_closed_it_is_told_what_is_still_to_come() {
        let closed = LinkView {
            open: false,
            sent: 3,
            received: 1,
            dropped: 1,
            ..LinkView::unused(0)
        };
        let mut late = closed.clone();
        late.fault_counts.in_transit = 1;
        assert_eq!(
            at_the_end_of(late),
            "0 -> 1 is closed, has carried 3, 1 received, 1 segment lost on it, 1 segment on the way"
        );
        let over = LinkView {
            received: 2,
            ..closed
        };
        let told = at_the_end_of(over);
        assert!(told.contains("nothing is on its way"), "{told}");
    }

    #[test]
    fn what_has_arrived_counts_and_a_copy_makes_up_for_no_segment() {
        let mut link = LinkView {
            sent: 4,
            received: 2,
            copies_received: 2,
            dropped: 1,
            ..LinkView::unused(0)
        };
        link.fault_counts.duplicated = 2;
        assert_eq!(
            at_the_end_of(link),
            "its only inbound link 0 -> 1 has carried 4, 2 received, 1 segment lost on it, \
             1 segment arrived and not received"
        );
    }

    #[test]
    fn each_circle_is_found_once() {
        // Two circles, one of them with a tail, and one that waits for nobody who waits.
        let found = waits(&[(0, 1), (1, 2), (2, 1), (3, 4), (4, 3), (5, 9)]);
        let circles = deadlocks(&found);
        let ids = |circle: &Vec<ShardId>| circle.iter().map(|it| it.0).collect::<Vec<_>>();
        let circles: Vec<_> = circles.iter().map(ids).collect();
        assert_eq!(circles, [[1, 2], [3, 4]]);
    }

    #[test]
    fn a_circle_of_many_shards_is_found_in_no_time() {
        let many = 10_000;
        let rooms: Vec<_> = (0..many).map(|it| (it, (it + 1) % many)).collect();
        let circles = deadlocks(&waits(&rooms));
        assert_eq!(circles.iter().map(Vec::len).collect::<Vec<_>>(), [10_000]);
    }
}
