//! Where two runs of one seed part.

use crate::forgotten::Forgotten;
use crate::log::{Kept, Record};
use crate::timeline::Recording;

/// The first event in which two runs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parting {
    /// Its number in the run; two numbers between which it is, where the logs have forgotten it.
    pub(crate) event: (u64, u64),
    /// What happened in either run; `None` where nothing did, or nobody knows.
    pub(crate) expected: Option<String>,
    pub(crate) came: Option<String>,
}

/// Where the runs part, if they do.
pub(crate) fn compare(ours: &[Recording], theirs: &[Recording]) -> Option<Parting> {
    let mut first: Option<Parting> = None;
    for mesh in 0..ours.len().max(theirs.len()) {
        let (our, their) = (ours.get(mesh), theirs.get(mesh));
        let logs = |it: Option<&Recording>| it.map_or(0, |it| it.logs.len());
        for log in 0..logs(our).max(logs(their)) {
            let parting = compare_log((our, their), log);
            let earlier = |it: &Parting| first.as_ref().is_none_or(|first| it.event < first.event);
            first = parting.filter(earlier).or(first);
        }
    }
    first
}

fn compare_log(meshes: (Option<&Recording>, Option<&Recording>), log: usize) -> Option<Parting> {
    let empty = &Kept::default();
    let ours = meshes.0.and_then(|it| it.logs.get(log)).unwrap_or(empty);
    let theirs = meshes.1.and_then(|it| it.logs.get(log)).unwrap_or(empty);
    if let Some(event) = part_in_the_forgotten(&ours.forgotten, &theirs.forgotten) {
        return Some(Parting {
            event,
            expected: None,
            came: None,
        });
    }
    let first = ours.forgotten.count().max(theirs.forgotten.count());
    let mut at = first;
    loop {
        let (our, their) = (record(ours, at), record(theirs, at));
        if our.is_none() && their.is_none() {
            return None;
        }
        if our != their {
            let ticks = our.into_iter().chain(their).map(|record| record.tick);
            let event = ticks.min()?;
            // Faults have the same numbers in both runs, up to here.
            let names = meshes.0.or(meshes.1)?;
            return Some(Parting {
                event: (event, event),
                expected: our.map(|record| tell(names, log, record)),
                came: their.map(|record| tell(names, log, record)),
            });
        }
        at += 1;
    }
}

fn part_in_the_forgotten(ours: &Forgotten, theirs: &Forgotten) -> Option<(u64, u64)> {
    let (after, before) = ours.part(theirs)?;
    Some((after + 1, before))
}

/// The record number `at` of all that there were.
fn record(kept: &Kept, at: u64) -> Option<&Record> {
    let place = at.checked_sub(kept.forgotten.count())?;
    kept.records.get(usize::try_from(place).ok()?)
}

fn tell(names: &Recording, log: usize, record: &Record) -> String {
    let what = names.tell(record, log);
    format!("{what} at {}", crate::moment::Moment(record.at))
}
