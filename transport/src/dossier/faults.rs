use std::collections::BTreeSet;

use super::words::{few, segments};
use crate::ShardId;
use crate::failure::Found;
use crate::fault::{FaultState, Verb};
use crate::log::Kind;
use crate::moment::Moment;

/// A line for each fault that stands, oldest first: on which links, since when, by which line, and
/// what it has met.
pub(super) fn in_force(mesh: &Found) -> Vec<String> {
    let standing = mesh.faults.iter().filter(|fault| fault.stands());
    standing.map(|fault| line(mesh, fault)).collect()
}

fn line(mesh: &Found, fault: &FaultState) -> String {
    let info = &fault.info;
    let on = match info.verb {
        Verb::Rule => String::new(),
        _ => format!(" on {}", links(&info.links)),
    };
    let since = began(mesh, fault.number).map(|began| format!(" since {}", Moment(began)));
    let (met, struck) = (fault.segments_met(), fault.segments_struck());
    let met = match (met, fault.probability) {
        (0, _) => "met nothing yet".to_owned(),
        (met, Some(_)) => format!("met {}, struck {struck}", segments(met)),
        (met, None) => format!("met {}", segments(met)),
    };
    let (what, asked) = (&info.what, info.asked);
    let (since, file, line) = (since.unwrap_or_default(), asked.file(), asked.line());
    format!("{what}{on}{since}, {met} ({file}:{line})")
}

/// When a fault began, if the log still knows.
fn began(mesh: &Found, fault: u64) -> Option<u64> {
    let log = mesh.recording.logs.first()?;
    let mut records = log.records.iter();
    let began = records.find(|it| it.kind == Kind::FaultBegan && it.segment == fault)?;
    Some(began.at)
}

/// Links in a few words: `0 <-> 2` for both directions.
fn links(links: &[(ShardId, ShardId)]) -> String {
    if links.is_empty() {
        return "no link".to_owned();
    }
    let known: BTreeSet<_> = links.iter().collect();
    let both = |(from, to): (ShardId, ShardId)| known.contains(&(to, from));
    let named = links
        .iter()
        .filter_map(|&(from, to)| match both((from, to)) {
            true if from < to => Some(format!("{from} <-> {to}")),
            true => None,
            false => Some(format!("{from} -> {to}")),
        });
    few(named.collect(), ", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(links: &[(u64, u64)]) -> Vec<(ShardId, ShardId)> {
        let ids = links
            .iter()
            .map(|(from, to)| (ShardId(*from), ShardId(*to)));
        ids.collect()
    }

    #[test]
    fn both_directions_of_a_pair_are_told_as_one() {
        assert_eq!(links(&ids(&[(0, 1), (1, 0), (1, 2)])), "0 <-> 1, 1 -> 2");
        assert_eq!(links(&ids(&[(1, 0), (0, 1)])), "0 <-> 1");
        assert_eq!(links(&[]), "no link");
    }

    #[test]
    fn a_fault_on_all_links_of_a_thousand_shards_is_told_in_no_time() {
        let shards = 0..1000;
        let pairs = shards.clone().flat_map(|from| {
            let others = shards.clone().filter(move |to| *to != from);
            others.map(move |to| (from, to))
        });
        let all = ids(&pairs.collect::<Vec<_>>());
        assert_eq!(
            links(&all),
            "0 <-> 1, 0 <-> 2, 0 <-> 3, 0 <-> 4, and 499496 more"
        );
    }
}
