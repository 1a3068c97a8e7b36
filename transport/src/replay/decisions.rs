//! The random decisions of a run: which were taken, and how to take just some of them again.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::decision::choice::{Choice, Decision};
use crate::ordered::{ordered, sort_by};
use crate::trace::fault_info::{FaultInfo, Verb};
use crate::trace::record::Kind;
use crate::trace::recording::Recording;

/// The decisions of a run, with how long each segment took over a link with a range of latencies; in
/// order. `None` if they are not all known any more. What one verdict of a rule could not say (a
/// segment that was both duplicated and reordered, say) is told in part.
pub(crate) fn of(recordings: &[Recording]) -> Option<Vec<Decision>> {
    let mut decisions = Vec::new();
    for (mesh, recording) in recordings.iter().enumerate() {
        if recording.logs.iter().any(|log| !log.digest.is_empty()) {
            return None;
        }
        let mut known = HashMap::<Segment, Known>::new();
        let jittery = jittery(recording);
        for (record, log) in recording.records() {
            let Some(segment) = recording.segment(&record, log) else {
                continue;
            };
            let known = known.entry(segment).or_default();
            let choice = match record.kind {
                Kind::Sent => {
                    known.sent = Some(record.at);
                    continue;
                }
                Kind::Held => {
                    known.held = true;
                    continue;
                }
                Kind::LostByChance => Choice::Lost,
                Kind::DuplicatedByChance => Choice::Duplicated,
                Kind::ReorderedByChance => Choice::Reordered(record.extra.into()),
                Kind::Arrived if !known.held => {
                    let link = (segment.from, segment.to);
                    match known.sent.map(|sent| record.at.saturating_sub(sent)) {
                        None | Some(0) => continue,
                        Some(_) if jittery.binary_search(&link).is_err() => continue,
                        Some(took) => Choice::Delayed(took),
                    }
                }
                _ => continue,
            };
            // What was told first is the weightier: a copy arrives after it was made.
            known.choice.get_or_insert(choice);
        }
        for (segment, known) in known {
            decisions.extend(known.choice.map(|choice| Decision {
                mesh,
                segment,
                choice,
            }));
        }
    }
    sort_by(&mut decisions, |a, b| {
        (a.mesh, a.segment).cmp(&(b.mesh, b.segment))
    });
    Some(decisions)
}

/// What is known of a segment so far.
#[derive(Default)]
struct Known {
    /// When it was sent.
    sent: Option<u64>,
    /// Whether it was ever held.
    held: bool,
    choice: Option<Choice>,
}

/// The links on which a range of latencies was ever put, in order.
fn jittery(recording: &Recording) -> Vec<(ShardId, ShardId)> {
    let mut links = Vec::new();
    for fault in &recording.faults {
        if fault.jitter().is_some() {
            links.extend_from_slice(&fault.links);
        }
    }
    ordered(links)
}

/// The decisions as rules to paste, one for each mesh that has any.
pub(crate) fn as_rules(decisions: &[Decision]) -> String {
    let mut rules = String::new();
    for of_mesh in decisions.chunk_by(|a, b| a.mesh == b.mesh) {
        let arms: String = of_mesh.iter().map(arm).collect();
        let mesh = of_mesh[0].mesh;
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

fn arm(decision: &Decision) -> String {
    let Segment { from, to, number } = decision.segment;
    let verdict = match decision.choice {
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
    use crate::trace::kept::Kept;
    use crate::trace::record::Record;

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
        assert!(decisions.is_sorted_by_key(|it| (it.mesh, it.segment)));
        assert!(decisions.iter().all(|it| it.choice == Choice::Delayed(1)));
    }
}
