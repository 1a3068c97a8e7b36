//! The random decisions of a run: which were taken, and how to take just some of them again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::ShardId;
use crate::fault::{FaultInfo, Verb};
use crate::log::{Kind, Record};
use crate::timeline::{Recording, Segment};

/// What chance did to one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Lost,
    Duplicated,
    /// It may be overtaken by so many.
    Reordered(u64),
    /// It took so long: milliseconds.
    Delayed(u64),
}

/// Which segment of which mesh of a run.
pub(crate) type Place = (usize, Segment);

/// What chance did to each segment that it did anything to.
pub(crate) type Decisions = BTreeMap<Place, Choice>;

/// Decisions to be taken in place of drawing any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) decisions: Decisions,
    /// Whether latencies are drawn all the same; otherwise each is the least of its range.
    pub(crate) jitter: bool,
}

/// The decisions of a run, with how long each segment took over a link with a range of latencies.
/// `None` if they are not all known any more. What one verdict of a rule could not say (a segment
/// that was both duplicated and reordered, say) is told in part.
pub(crate) fn of(recordings: &[Recording]) -> Option<Decisions> {
    let mut decisions = Decisions::new();
    for (mesh, recording) in recordings.iter().enumerate() {
        if recording.logs.iter().any(|log| !log.forgotten.is_empty()) {
            return None;
        }
        let mut sent = BTreeMap::new();
        let mut held = BTreeSet::new();
        let jittery = jittery(recording);
        for (record, to) in recording.records() {
            let Some(segment) =
                to.and_then(|to| recording.segment(record.from, to, record.segment))
            else {
                continue;
            };
            let link = (segment.from, segment.to);
            let choice = match record.kind {
                Kind::Sent => {
                    sent.insert(segment, record.at);
                    continue;
                }
                Kind::Held => {
                    held.insert(segment);
                    continue;
                }
                Kind::LostByChance => Choice::Lost,
                Kind::DuplicatedByChance => Choice::Duplicated,
                Kind::ReorderedByChance => Choice::Reordered(record.extra.into()),
                Kind::Arrived if !held.contains(&segment) && jittery.contains(&link) => {
                    let Some(took) = took(&sent, segment, &record) else {
                        continue;
                    };
                    Choice::Delayed(took)
                }
                _ => continue,
            };
            // What was told first is the weightier: a copy arrives after it was made.
            decisions.entry((mesh, segment)).or_insert(choice);
        }
    }
    Some(decisions)
}

fn took(sent: &BTreeMap<Segment, u64>, segment: Segment, arrived: &Record) -> Option<u64> {
    let took = arrived.at.checked_sub(*sent.get(&segment)?)?;
    (took > 0).then_some(took)
}

/// The links on which a range of latencies was ever put.
fn jittery(recording: &Recording) -> BTreeSet<(ShardId, ShardId)> {
    let faults = recording.faults.iter();
    let ranges = faults.filter(|fault| fault.jitter().is_some());
    ranges.flat_map(|fault| &fault.links).copied().collect()
}

/// The decisions as rules to paste, one for each mesh that has any.
pub(crate) fn as_rules(decisions: &Decisions, meshes: usize) -> String {
    let mut rules = String::new();
    for mesh in 0..meshes {
        let of_mesh = decisions.iter().filter(|((of, _), _)| *of == mesh);
        let arms: String = of_mesh
            .map(|((_, segment), choice)| arm(segment, *choice))
            .collect();
        if arms.is_empty() {
            continue;
        }
        let name = match mesh {
            0 => "mesh".to_owned(),
            other => format!("mesh_{}", other + 1),
        };
        let _ = write!(
            rules,
            "let _rule = {name}.rule(|m| match (m.from.0, m.to.0, m.number) {{\n{arms}    \
             _ => Verdict::Pass,\n}});\n"
        );
    }
    rules
}

fn arm(segment: &Segment, choice: Choice) -> String {
    let Segment { from, to, number } = segment;
    let verdict = match choice {
        Choice::Lost => "Verdict::Drop".to_owned(),
        Choice::Duplicated => "Verdict::Duplicate(m.payload.clone())".to_owned(),
        Choice::Reordered(overtakers) => format!("Verdict::Reorder({overtakers})"),
        Choice::Delayed(millis) => format!("Verdict::Delay(Duration::from_millis({millis}))"),
    };
    format!("    ({from}, {to}, {number}) => {verdict},\n")
}

/// The faults whose decisions these are: what the rules stand in for.
pub(crate) fn replaced(recordings: &[Recording], jitter: bool) -> Vec<&FaultInfo> {
    let faults = recordings.iter().flat_map(|it| &it.faults);
    let random = |fault: &&FaultInfo| match fault.verb {
        Verb::Loss | Verb::Duplicate | Verb::Reorder => true,
        Verb::Latency(_) => !jitter && fault.jitter().is_some(),
        Verb::Cut | Verb::Hold | Verb::Rate | Verb::Rule => false,
    };
    faults.map(|fault| &**fault).filter(random).collect()
}

#[cfg(test)]
mod tests {
    use std::panic::Location;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::log::Kept;

    #[test]
    fn the_latencies_of_a_long_run_on_a_large_mesh_are_known_in_no_time() {
        let shards = 0..1000;
        let all = shards.clone().flat_map(|from| {
            let others = shards.clone().filter(move |to| *to != from);
            others.map(move |to| (ShardId(from), ShardId(to)))
        });
        let latency = FaultInfo {
            what: "latency of 1 to 20 ms".to_owned(),
            asked: Location::caller(),
            links: all.collect(),
            verb: Verb::Latency((Duration::from_millis(1)..Duration::from_millis(20)).into()),
        };
        // All on the link from the last shard but one to the last.
        let record = |tick: u64| Record {
            at: tick,
            tick,
            kind: if tick % 2 == 0 {
                Kind::Sent
            } else {
                Kind::Arrived
            },
            extra: 0,
            from: 998,
            segment: tick / 2,
        };
        let mut logs = vec![Kept::default(); 1 + 2 * 1000];
        logs[1 + 2 * 999].records = (2..100_002).map(record).collect();
        let recording = Recording {
            shards: shards.map(ShardId).collect(),
            faults: vec![Arc::new(latency)],
            logs,
        };
        let decisions = of(&[recording]).unwrap();
        assert_eq!(decisions.len(), 50_000);
        assert!(decisions.values().all(|it| *it == Choice::Delayed(1)));
    }
}
