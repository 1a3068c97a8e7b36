//! What became of the random decisions of a run, in words: what was picked, which of them it needs, and
//! how to write a test that takes just those.

use std::any::type_name;

use super::files;
use super::words::count;
use crate::contract::payload::WalSegmentPayload;
use crate::decision::choice::Asked;
use crate::network::tasks::jostle;
use crate::replay::{Replay, Shrunk, Smallest};
use crate::run::failure::{Failure, Snapshot};
use crate::run::test_name::TestName;

/// As wide a line is at most that names what was picked.
const WIDTH: usize = 100;

/// Of so many picks the values are told, the last ones.
const MOST_PICKED: usize = 24;

/// What the test, and tasks of shards, have picked by name.
pub(super) fn picked(
    Snapshot {
        asked,
        asked_beyond,
        ..
    }: &Snapshot,
) -> Vec<String> {
    let (jostled, asked): (Vec<&Asked>, Vec<&Asked>) = asked
        .iter()
        .partition(|it| it.name.starts_with(jostle::NAME));
    let before = asked.len().saturating_sub(MOST_PICKED);
    let tell = |it: &&Asked| format!("{:?}: {}", it.name, it.told.value());
    let mut things: Vec<_> = asked[before..].iter().map(tell).collect();
    if before > 0 {
        things.insert(0, format!("{before} before, of which the last are"));
    }
    if *asked_beyond > 0 {
        things.push(format!("and {asked_beyond} after that"));
    }
    if !jostled.is_empty() {
        let polls = count(jostled.len() as u64, "poll");
        things.push(format!("others went first at {polls} (`jostle`)"));
    }
    let mut lines: Vec<String> = Vec::new();
    for thing in things {
        match lines.last_mut() {
            Some(line) if line.chars().count() + thing.chars().count() + 2 <= WIDTH => {
                line.push_str(if line.ends_with(" are") { " " } else { ", " });
                line.push_str(&thing);
            }
            _ => lines.push(thing),
        }
    }
    lines
}

pub(super) fn shrunk(
    (test, seed): (&TestName, u64),
    failure: &Failure,
    replay: &Replay,
) -> Vec<String> {
    match &replay.shrunk {
        Shrunk::Not | Shrunk::Differs => Vec::new(),
        Shrunk::Failed(why) => vec![format!("not shrunk: {why}")],
        Shrunk::To(smallest) => {
            let mut lines = vec![enough(smallest)];
            if smallest.of_seed != seed {
                let other = smallest.of_seed;
                lines.push(format!(
                    "these are of seed {other}, which fails there too and needs fewer than seed {seed}"
                ));
            }
            lines.extend(advice(smallest, &failure.snapshot));
            lines.extend(to_paste((test, seed), smallest));
            lines
        }
    }
}

/// Above so many lines, they go into a file.
const MOST_LINES: usize = 30;

/// The lines to paste, or where they are and what stands out in them.
fn to_paste((test, seed): (&TestName, u64), smallest: &Smallest) -> Vec<String> {
    let lines: Vec<_> = smallest.lines.lines().map(str::to_owned).collect();
    if lines.len() <= MOST_LINES {
        return lines;
    }
    let file = files::save(test, seed, ".pinned.rs", &smallest.lines);
    let mut lines = vec![format!("lines   {file}")];
    lines.extend(smallest.summary.iter().map(|line| format!("    {line}")));
    lines
}

/// How many decisions it takes.
fn enough(smallest: &Smallest) -> String {
    let Smallest {
        decisions,
        of,
        runs,
        whole,
        jitter,
        drawn,
        ..
    } = smallest;
    let random = if *drawn { "random " } else { "" };
    let runs = count((*runs).into(), "run");
    let time = if *whole {
        ""
    } else {
        ", and fewer or simpler ones may do: the time was up"
    };
    let enough = match (decisions, jitter) {
        (0, false) => format!("no {random}decision is needed"),
        (0, true) => format!("of the {random}decisions, only the latencies are needed"),
        (1, _) => format!("1 of {of} {random}decisions is enough"),
        (some, _) => format!("{some} of {of} {random}decisions are enough"),
    };
    format!("{enough} to fail in the same place ({runs}{time})")
}

/// What to write beside the lines.
fn advice(smallest: &Smallest, snapshot: &Snapshot) -> Vec<String> {
    if smallest.jitter {
        return as_drawn(smallest, snapshot);
    }
    let seed = smallest.seed.map(|seed| format!("seed = {seed}, "));
    let mut advice = vec![format!(
        "as a test of its own: write `{}pinned` in the attribute in place of {}{}",
        seed.unwrap_or_default(),
        if smallest.drawn {
            "its seeds"
        } else {
            "`exhaustive`"
        },
        match smallest.decisions {
            0 => "",
            _ => ", and first in its body",
        }
    )];
    if smallest.decisions > 0 {
        let mesh = snapshot.meshes.first();
        let payload = mesh.map(|it| of_payload(it.payload));
        advice.push(format!(
            "(`mesh` is its last parameter, `mesh: Mesh{}`)",
            payload.unwrap_or_default()
        ));
    }
    advice
}

/// What `Mesh` is followed by where the types of its payload are imported, as in `Mesh<Packet>`.
fn of_payload(payload: &str) -> String {
    if payload == type_name::<WalSegmentPayload>() {
        return String::new();
    }
    let mut short = String::new();
    for c in payload.chars() {
        short.push(c);
        if short.ends_with("::") {
            let of_path = |c: char| c.is_alphanumeric() || "_:".contains(c);
            short.truncate(short.trim_end_matches(of_path).len());
        }
    }
    format!("<{short}>")
}

/// The same where latencies must be as they were drawn.
fn as_drawn(smallest: &Smallest, snapshot: &Snapshot) -> Vec<String> {
    let seed = smallest.seed.unwrap_or_default();
    let without = if smallest.drawn {
        ""
    } else {
        "without `exhaustive`, "
    };
    let mut lines = vec![format!(
        "as a test of its own: {without}keep the range of latencies, with `seed = {seed}`"
    )];
    let chaos = snapshot.meshes.iter().filter_map(|it| it.chaos.as_ref());
    let chaos = chaos.map(|it| ("chaos", it.asked));
    let faults = smallest.replaced.iter();
    let faults = faults.map(|fault| (fault.what.as_str(), fault.asked));
    let replaced: Vec<_> = faults.chain(chaos).collect();
    if !replaced.is_empty() {
        let instead = match smallest.decisions {
            0 => "leave out",
            _ => "write these lines first in its body, in place of",
        };
        lines.push(instead.to_owned());
    }
    for (what, asked) in replaced {
        lines.push(format!("    {what} ({}:{})", asked.file(), asked.line()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_named_without_the_way_to_its_types() {
        assert_eq!(of_payload(type_name::<WalSegmentPayload>()), "");
        assert_eq!(of_payload("u64"), "<u64>");
        assert_eq!(
            of_payload("(alloc::vec::Vec<my_crate::raft::Message>, core::option::Option<u64>)"),
            "<(Vec<Message>, Option<u64>)>"
        );
    }
}
