//! Where two runs of one seed part.

use crate::millis::Millis;
use crate::trace::kept::Kept;
use crate::trace::record::Record;
use crate::trace::recording::Recording;

/// The first event in which two runs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parting {
    /// Its number in the run; two numbers between which it is, where the logs have forgotten it.
    pub(crate) event: (u64, u64),
    /// What happened in either run; `None` where nothing did, or nobody knows.
    pub(crate) expected: Option<String>,
    pub(crate) came: Option<String>,
}

/// Where the runs part, if they do. Both are of one thread, so every event has a number of its own.
pub(crate) fn compare(ours: &[Recording], theirs: &[Recording]) -> Option<Parting> {
    if let Some(event) = part_in_the_forgotten(ours, theirs) {
        return Some(Parting {
            event,
            expected: None,
            came: None,
        });
    }
    let none = Recording::default();
    let mut first: Option<Parting> = None;
    for mesh in 0..ours.len().max(theirs.len()) {
        let our = ours.get(mesh).unwrap_or(&none);
        let their = theirs.get(mesh).unwrap_or(&none);
        let earlier = |it: &Parting| first.as_ref().is_none_or(|first| it.event < first.event);
        if let Some(parting) = part(our, their).filter(earlier) {
            first = Some(parting);
        }
    }
    first
}

/// Where two runs part in one mesh. A mesh that a run did not make has no events in it.
fn part(ours: &Recording, theirs: &Recording) -> Option<Parting> {
    let (our, their) = (known_to_both(ours, theirs), known_to_both(theirs, ours));
    let alike = our.iter().zip(&their).take_while(|(a, b)| a == b).count();
    let (our, their) = (our.get(alike), their.get(alike));
    let number = our.into_iter().chain(their).map(|(it, _)| it.tick).min()?;
    // Up to here the faults have the same numbers in both runs, and a rerun does not tell of them.
    let names = if ours.shards.is_empty() { theirs } else { ours };
    let tell = |(record, log): &(Record, usize)| {
        let what = names.tell(record, *log);
        (record.tick == number).then(|| format!("{what} at {}", Millis(record.at)))
    };
    Some(Parting {
        event: (number, number),
        expected: our.and_then(tell),
        came: their.and_then(tell),
    })
}

/// The events that are kept, each with its log, in order; without those that the other run may have
/// forgotten.
fn known_to_both(run: &Recording, other: &Recording) -> Vec<(Record, usize)> {
    let mut events = run.records();
    events.retain(|(it, log)| it.tick >= other.logs.get(*log).map_or(0, known_from));
    events
}

/// The number of the event from which on a log has forgotten none.
fn known_from(log: &Kept) -> u64 {
    if log.digest.is_empty() {
        return 0;
    }
    log.records.first().map_or(u64::MAX, |it| it.tick)
}

/// Between which events two runs part, if they do where neither keeps them any more.
fn part_in_the_forgotten(ours: &[Recording], theirs: &[Recording]) -> Option<(u64, u64)> {
    let pairs = ours.iter().zip(theirs);
    let logs = pairs.flat_map(|(ours, theirs)| ours.logs.iter().zip(&theirs.logs));
    let parts = logs.filter_map(|(ours, theirs)| ours.digest.part(&theirs.digest));
    parts.map(|(after, before)| (after + 1, before)).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::shard_id::ShardId;
    use crate::trace::record::Kind;

    /// A run in which segments with these numbers are sent from 0 to 1, one each millisecond.
    fn run(segments: &[u64]) -> Vec<Recording> {
        let records = (1..).zip(segments).map(|(tick, &segment)| Record {
            at: tick,
            tick,
            kind: Kind::Sent,
            extra: 0,
            from: 0,
            segment,
        });
        let log = Kept {
            records: records.collect(),
            ..Kept::default()
        };
        vec![Recording {
            shards: vec![ShardId(0), ShardId(1)],
            logs: vec![Kept::default(), Kept::default(), Kept::default(), log],
            ..Recording::default()
        }]
    }

    #[test]
    fn runs_that_agree_do_not_part() {
        assert_eq!(compare(&run(&[1, 2, 3]), &run(&[1, 2, 3])), None);
        assert_eq!(compare(&[], &[]), None);
    }

    #[test]
    fn the_first_event_that_differs_is_told_in_words() {
        let parting = compare(&run(&[1, 2, 3]), &run(&[1, 5, 6])).unwrap();
        assert_eq!(parting.event, (2, 2));
        let words = |number| format!("shard 0 sent segment {number} to shard 1 at 2ms");
        assert_eq!(parting.expected, Some(words(2)));
        assert_eq!(parting.came, Some(words(5)));
    }

    /// The same run, of which the log has forgotten the first events.
    fn forget(mut run: Vec<Recording>, count: usize) -> Vec<Recording> {
        let log = &mut run[0].logs[3];
        for record in log.records.drain(..count) {
            log.digest.add(&[record]);
        }
        run
    }

    #[test]
    fn runs_of_unequal_length_part_where_they_differ_not_where_one_has_forgotten() {
        let mut ours: Vec<_> = (1..=100).collect();
        ours[89] = 7;
        let theirs: Vec<_> = (1..=105).collect();
        let parting = compare(&forget(run(&ours), 40), &forget(run(&theirs), 45)).unwrap();
        assert_eq!(parting.event, (90, 90));
        assert!(parting.expected.is_some() && parting.came.is_some());
    }

    #[test]
    fn an_event_that_only_one_run_has_is_where_they_part() {
        let parting = compare(&run(&[1, 2]), &run(&[1])).unwrap();
        assert_eq!((parting.event, parting.came), ((2, 2), None));
        let parting = compare(&run(&[]), &run(&[1])).unwrap();
        assert_eq!((parting.event, parting.expected), ((1, 1), None));
    }
}
