//! The same seed has the same chaos, and what is added changes nothing else.

use std::collections::HashMap;
use std::time::Duration;

use shard_mesh::{Event, EventKind, Kind, Mesh};

use crate::run;

#[test]
fn the_same_seed_has_the_same_episodes() {
    for seed in 0..12 {
        let once = || run("same", (4, 1), seed, |mesh| drop(mesh.chaos().all_kinds()));
        let (first, second) = (once(), once());
        assert!(!first.is_empty(), "seed {seed}");
        assert!(first == second, "seed {seed}");
    }
}

#[test]
fn another_seed_has_others() {
    let of = |seed| run("other", (4, 1), seed, |mesh| drop(mesh.chaos().all_kinds()));
    let all: Vec<_> = (0..8).map(of).collect();
    for (place, one) in all.iter().enumerate() {
        assert!(all[..place].iter().all(|other| other != one));
    }
}

/// How long each of the faults lasts whose name begins so.
fn lengths(events: &[Event], what: &str) -> Vec<Duration> {
    let mut lengths = Vec::new();
    let mut began = None;
    for event in events {
        match &event.kind {
            EventKind::FaultBegan(fault) if fault.what.starts_with(what) => began = Some(event.at),
            EventKind::FaultEnded(fault) if fault.what.starts_with(what) => {
                lengths.push(event.at.saturating_sub(began.take().unwrap()));
            }
            _ => {}
        }
    }
    lengths
}

fn with(kinds: &'static [Kind], seed: u64) -> Vec<Event> {
    run("kinds", (4, 1), seed, move |mesh: &Mesh<u64>| {
        mesh.chaos().kinds(kinds.iter().copied());
    })
}

#[test]
fn a_kind_more_changes_no_other() {
    for seed in 0..12 {
        let fewer = with(&[Kind::Lossy, Kind::Stall], seed);
        let more = with(&[Kind::Lossy, Kind::Stall, Kind::OneWay], seed);
        for what in ["loss", "hold"] {
            // The times may differ: half of them begin as something happens, and less does.
            let (fewer, more) = (lengths(&fewer, what), lengths(&more, what));
            let both = fewer.len().min(more.len());
            assert!(
                both > 0 && fewer.len().abs_diff(more.len()) <= 2,
                "seed {seed}"
            );
            assert_eq!(fewer[..both], more[..both], "seed {seed}");
        }
    }
}

#[test]
fn a_pick_more_changes_none() {
    for seed in 0..6 {
        let chaos = |mesh: &Mesh<u64>| drop(mesh.chaos().kinds([Kind::Partition, Kind::Crash]));
        let without = run("picks", (4, 1), seed, chaos);
        let with = run("picks", (4, 1), seed, move |mesh| {
            mesh.pick("one more", 0..100);
            chaos(mesh);
        });
        assert!(without == with, "seed {seed}");
    }
}

#[test]
fn a_shard_more_leaves_the_times() {
    // Whom it takes may be the new one; when it comes, and for how long, is as it was.
    let times = |shards, seed| -> HashMap<Duration, usize> {
        let events = run("shards", (shards, 0), seed, |mesh| {
            mesh.chaos().kinds([Kind::Stall]);
        });
        let mut times = HashMap::new();
        for event in events {
            *times.entry(event.at).or_default() += 1;
        }
        times
    };
    let mut same = 0;
    for seed in 0..12 {
        let (fewer, more) = (times(3, seed), times(4, seed));
        same += usize::from(fewer == more);
    }
    // An episode that waits for something to happen begins when that does, which depends on the shard.
    assert!(same >= 3, "{same}");
}
