//! Which random decisions a run has taken, as far as they were not the simplest.

use std::collections::HashMap;

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::decision::choice::{Asked, Choice, Decision, OnSegment};
use crate::decision::die::{About, Chance};
use crate::decision::names::{Namer, Names};
use crate::ordered::{ordered, sort_by};
use crate::trace::fault_info::{FaultInfo, Verb};
use crate::trace::record::Kind;
use crate::trace::recording::Recording;

/// The decisions of a run with this seed, with how long each segment took over a link with a range of
/// latencies, in order; then those that were `asked` for by name. `None` if they are not all known any more. What one verdict of a rule could
/// not say (a segment that was both duplicated and reordered, say) is told in part.
pub(crate) fn of(recordings: &[Recording], asked: &[Asked], seed: u64) -> Option<Vec<Decision>> {
    let mut decisions = Vec::new();
    for (mesh, recording) in recordings.iter().enumerate() {
        if recording.logs.iter().any(|log| !log.digest.is_empty()) {
            return None;
        }
        let known = follow(recording);
        let names = names(mesh, recording);
        for of_link in known.chunk_by(|(a, _), (b, _)| (a.from, a.to) == (b.from, b.to)) {
            let first = of_link[0].0;
            let mut wire = Wire::new(Chance::new(seed, first.from, first.to));
            for (segment, known) in of_link {
                let delay = wire.carry(segment.number, known);
                decisions.extend(known.choice.or(delay).map(|choice| {
                    let names = names.get(segment).copied();
                    Decision::OnSegment(OnSegment::new(mesh, *segment, choice, names))
                }));
            }
        }
    }
    let asked = asked.iter().filter(|it| it.place > 0);
    decisions.extend(asked.cloned().map(Decision::Asked));
    Some(decisions)
}

/// What the segments are known by in reruns, as far as all those before them on their link are known.
fn names(mesh: usize, recording: &Recording) -> HashMap<Segment, Names> {
    let labels = ordered(recording.labels().into_iter().collect::<Vec<_>>());
    let (mut counts, mut names) = (Namer::default(), HashMap::new());
    for of_link in labels.chunk_by(|(a, _), (b, _)| (a.from, a.to) == (b.from, b.to)) {
        let link = (mesh, of_link[0].0.from, of_link[0].0.to);
        let known = (1..)
            .zip(of_link)
            .take_while(|(number, it)| it.0.number == *number);
        names.extend(known.map(|(_, (segment, label))| (*segment, counts.name(link, label))));
    }
    names
}

/// What is known of a segment.
#[derive(Default)]
struct Known {
    /// When it was sent.
    sent: Option<u64>,
    /// Whether its link ever had a range of latencies.
    jittery: bool,
    /// The latencies that ruled its link when it was sent.
    latency: Option<(u64, u64)>,
    /// The least that it would have taken without chaos.
    least: u64,
    /// Whether it was ever held.
    held: bool,
    /// When it arrived, if later than it was sent.
    arrived: Option<u64>,
    received: bool,
    /// When it was lost, to something else than chance.
    lost: Option<u64>,
    /// What chance did to it, beyond taking time.
    choice: Option<Choice>,
}

/// Follows each segment through a recording; in order.
fn follow(recording: &Recording) -> Vec<(Segment, Known)> {
    let mut known = HashMap::<Segment, Known>::new();
    let jittery = jittery(recording);
    let mut latencies = Latencies::default();
    for (record, log) in recording.records() {
        match record.kind {
            Kind::FaultBegan => latencies.begin(record.segment, recording),
            Kind::FaultEnded => latencies.end(record.segment),
            _ => {}
        }
        let Some(segment) = recording.segment(&record, log) else {
            continue;
        };
        let known = known.entry(segment).or_default();
        let choice = match record.kind {
            Kind::Sent => {
                let link = (segment.from, segment.to);
                known.sent = Some(record.at);
                known.jittery = jittery.binary_search(&link).is_ok();
                known.latency = latencies.on(link, true).filter(|_| known.jittery);
                known.least = latencies.on(link, false).map_or(0, |(least, _)| least);
                continue;
            }
            Kind::Held => {
                known.held = true;
                continue;
            }
            Kind::Arrived => {
                known.arrived.get_or_insert(record.at);
                continue;
            }
            Kind::Received => {
                known.received = true;
                continue;
            }
            Kind::LostToCut | Kind::LostToRule | Kind::LostInCrash | Kind::LostAtEnd => {
                known.lost.get_or_insert(record.at);
                continue;
            }
            Kind::LostByChance => Choice::Lost,
            Kind::DuplicatedByChance => Choice::Duplicated,
            Kind::ReorderedByChance => Choice::Reordered(record.extra.into()),
            _ => continue,
        };
        // What was told first is the weightier.
        known.choice.get_or_insert(choice);
    }
    let mut known: Vec<_> = known.into_iter().collect();
    sort_by(&mut known, |(a, _), (b, _)| a.cmp(b));
    known
}

/// The latencies that stand, oldest first.
#[derive(Default)]
struct Latencies(Vec<Standing>);

struct Standing {
    fault: u64,
    /// In order.
    links: Vec<(ShardId, ShardId)>,
    range: (u64, u64),
    by_chaos: bool,
}

impl Latencies {
    fn begin(&mut self, fault: u64, recording: &Recording) {
        let index = usize::try_from(fault).unwrap_or(usize::MAX);
        let Some(info) = recording.faults.get(index) else {
            return;
        };
        if let Some(range) = info.latency() {
            self.0.push(Standing {
                fault,
                links: ordered(info.links.clone()),
                range,
                by_chaos: info.by_chaos.is_some(),
            });
        }
    }

    fn end(&mut self, fault: u64) {
        self.0.retain(|standing| standing.fault != fault);
    }

    /// The one that rules a link; that of chaos where `any` does.
    fn on(&self, link: (ShardId, ShardId), any: bool) -> Option<(u64, u64)> {
        let rules = |it: &&Standing| (any || !it.by_chaos) && it.links.binary_search(&link).is_ok();
        self.0.iter().rfind(rules).map(|it| it.range)
    }
}

/// One link, segment by segment.
struct Wire {
    chance: Chance,
    /// When the last segment on it arrives.
    last_due: u64,
    /// When what is on it will be lost, if it will.
    cleared: Option<u64>,
}

impl Wire {
    fn new(chance: Chance) -> Self {
        Self {
            chance,
            last_due: 0,
            cleared: None,
        }
    }

    /// How long a segment takes, where chance has decided that. One that has not arrived was under way
    /// all the same, for the time that was drawn, behind those before it.
    fn carry(&mut self, number: u64, known: &Known) -> Option<Choice> {
        let sent = known.sent.filter(|_| !known.held)?;
        if self.cleared.is_some_and(|cleared| cleared <= sent) {
            // It queues behind nothing of what was lost.
            (self.last_due, self.cleared) = (0, None);
        }
        let drawn = |(least, most)| {
            let die = self.chance.die(number);
            let due = sent.saturating_add(die.between(About::Latency, least, most));
            due.max(self.last_due)
        };
        let lost_at_once = known.lost == Some(sent);
        let arrives = match known.arrived {
            Some(at) => at,
            None if known.received || known.choice.is_some() || lost_at_once => return None,
            None => known.latency.map(drawn)?,
        };
        self.last_due = arrives.max(self.last_due);
        if known.arrived.is_none() {
            self.cleared = known.lost.or(self.cleared);
        }
        let took = arrives.saturating_sub(sent);
        // What takes no longer than it must takes that without any decision.
        (known.jittery && took > known.least).then_some(Choice::Delayed(took))
    }
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

/// The faults whose decisions these are: what the rules stand in for.
pub(crate) fn replaced(recordings: &[Recording], jitter: bool) -> Vec<&FaultInfo> {
    let faults = recordings.iter().flat_map(|it| &it.faults);
    let random = |fault: &&FaultInfo| match fault.verb {
        Verb::Loss | Verb::Duplicate | Verb::Reorder => true,
        Verb::Latency(_) => !jitter && fault.jitter().is_some(),
        Verb::Cut | Verb::Hold | Verb::Rate | Verb::Rule => false,
    };
    faults
        .map(|fault| &**fault)
        .filter(|fault| fault.by_chaos.is_none() && random(fault))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::panic::Location;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::trace::kept::Kept;
    use crate::trace::record::Record;

    /// One range of latencies, 3 to 9 ms, on the link from 0 to 1, on which this happens:
    /// milliseconds, what, and the number of the segment.
    fn decisions_of(records: &[(u64, Kind, u64)]) -> Vec<(u64, Choice)> {
        let latency = FaultInfo {
            what: "latency of 3 to 9 ms".to_owned(),
            asked: Location::caller(),
            links: vec![(ShardId(0), ShardId(1))],
            verb: Verb::Latency((Duration::from_millis(3)..Duration::from_millis(9)).into()),
            by_chaos: None,
        };
        let record = |tick, &(at, kind, segment): &(u64, Kind, u64)| Record {
            at,
            tick,
            kind,
            extra: 0,
            from: 0,
            segment,
        };
        let mut logs = vec![Kept::default(); 5];
        logs[0].records = vec![record(1, &(0, Kind::FaultBegan, 0))];
        logs[3].records = (2..)
            .zip(records)
            .map(|(tick, it)| record(tick, it))
            .collect();
        let recording = Recording {
            shards: vec![ShardId(0), ShardId(1)],
            faults: vec![Arc::new(latency)],
            logs,
            ..Recording::default()
        };
        let decisions = of(&[recording], &[], SEED).unwrap();
        let decisions = decisions.iter().map(on_segment);
        decisions.map(|it| (it.segment.number, it.choice)).collect()
    }

    const SEED: u64 = 5;

    fn on_segment(decision: &Decision) -> &OnSegment {
        match decision {
            Decision::OnSegment(it) => it,
            other => panic!("{other:?} is none"),
        }
    }

    /// What is drawn for a segment of the link.
    fn drawn(number: u64) -> u64 {
        let die = Chance::new(SEED, ShardId(0), ShardId(1)).die(number);
        die.between(About::Latency, 3, 9)
    }

    #[test]
    fn what_is_in_flight_or_lost_in_flight_was_under_way_for_what_was_drawn() {
        let number = (1..100).find(|number| drawn(*number) > 4).unwrap();
        let expected = [(number, Choice::Delayed(drawn(number)))];
        let sent = (1, Kind::Sent, number);
        assert_eq!(decisions_of(&[sent]), expected);
        assert_eq!(
            decisions_of(&[sent, (3, Kind::LostToCut, number)]),
            expected
        );
        // It met the cut, not the latency.
        assert_eq!(decisions_of(&[sent, (1, Kind::LostToCut, number)]), []);
    }

    #[test]
    fn what_is_in_flight_overtakes_nothing_but_what_was_lost() {
        let arrived = [
            (0, Kind::Sent, 1),
            (20, Kind::Sent, 2),
            (40, Kind::Arrived, 1),
        ];
        let decisions = decisions_of(&arrived);
        assert_eq!(
            decisions,
            [(1, Choice::Delayed(40)), (2, Choice::Delayed(20))]
        );
        let number = (2..100).find(|number| drawn(*number) > 3).unwrap();
        let lost = [
            (0, Kind::Sent, 1),
            (1, Kind::LostToCut, 1),
            (1, Kind::Sent, number),
        ];
        let delay = Choice::Delayed(drawn(number));
        assert!(decisions_of(&lost).contains(&(number, delay)));
    }

    #[test]
    fn a_delay_of_the_least_latency_is_no_decision() {
        let records = [(0, Kind::Sent, 1), (3, Kind::Arrived, 1)];
        assert_eq!(decisions_of(&records), []);
    }

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
            by_chaos: None,
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
            ..Recording::default()
        };
        let decisions = of(&[recording], &[], 0).unwrap();
        let decisions: Vec<_> = decisions.iter().map(on_segment).collect();
        assert_eq!(decisions.len(), 50_000);
        assert!(decisions.is_sorted_by_key(|it| (it.mesh, it.segment)));
        assert!(decisions.iter().all(|it| it.choice == Choice::Delayed(1)));
    }
}
