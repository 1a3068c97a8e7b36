//! Whom chaos takes, and how much of it there is.

use std::collections::HashSet;
use std::time::Duration;

use shard_mesh::{Endpoint, Event, EventKind, Kind, Mesh, ShardId};

use crate::{ms, run};

/// The shards that are down after each event.
fn down(events: &[Event]) -> Vec<HashSet<ShardId>> {
    let (mut crashed, mut paused) = (HashSet::new(), HashSet::new());
    let states = events.iter().map(|event| {
        match event.kind {
            EventKind::Crashed(shard) => {
                assert!(crashed.insert(shard), "twice");
                paused.remove(&shard);
            }
            EventKind::Restarted(shard) => {
                assert!(crashed.remove(&shard), "not down");
            }
            EventKind::Paused(shard) => {
                assert!(paused.insert(shard) && !crashed.contains(&shard), "busy");
            }
            EventKind::Resumed(shard) => {
                assert!(paused.remove(&shard), "not paused");
            }
            _ => {}
        }
        &crashed | &paused
    });
    states.collect()
}

#[test]
fn no_more_are_down_than_may_be() {
    for seed in 0..24 {
        let events = run("max_down", (5, 1), seed, |mesh| {
            mesh.chaos()
                .kinds([Kind::Crash, Kind::Pause])
                .max_down(2)
                .every(ms(10)..ms(400))
                .lasting(ms(10)..ms(400));
        });
        let down = down(&events);
        let most = down.iter().map(HashSet::len).max();
        assert_eq!(most, Some(2), "seed {seed}");
        let shards: HashSet<_> = down.into_iter().flatten().collect();
        assert!(!shards.contains(&ShardId(5)), "it has no node");
        assert!(shards.len() > 2, "seed {seed}: {shards:?}");
    }
}

#[test]
fn unless_told_a_minority_is_down_or_all_are() {
    let mut cuts = 0;
    for seed in 0..40 {
        let events = run("minority", (5, 0), seed, |mesh| {
            mesh.chaos()
                .kinds([Kind::Crash])
                .every(ms(10)..ms(400))
                .lasting(ms(10)..ms(400));
        });
        let mut at_once: Vec<(Duration, usize)> = Vec::new();
        for event in &events {
            if matches!(event.kind, EventKind::Crashed(_)) {
                match at_once.last_mut() {
                    Some((at, shards)) if *at == event.at => *shards += 1,
                    _ => at_once.push((event.at, 1)),
                }
            }
        }
        cuts += at_once.iter().filter(|(_, shards)| *shards == 5).count();
        let others = at_once.iter().filter(|(_, shards)| *shards < 5);
        assert!(others.clone().count() > 0, "seed {seed}");
        assert!(
            others.clone().all(|(_, shards)| *shards <= 2),
            "{at_once:?}"
        );
    }
    assert!(cuts > 20, "{cuts} power cuts");
}

#[test]
fn it_befalls_only_those_it_is_for() {
    for seed in 0..12 {
        let events = run("among", (4, 0), seed, |mesh| {
            mesh.chaos().all_kinds().among([1, 2]);
        });
        let shards: HashSet<_> = down(&events).into_iter().flatten().collect();
        assert!(shards.iter().all(|it| [1, 2].contains(&it.0)), "{shards:?}");
        for event in &events {
            match &event.kind {
                EventKind::ClockSet(shard, _) => assert!([1, 2].contains(&shard.0)),
                EventKind::FaultBegan(fault) => assert!(
                    fault
                        .links
                        .iter()
                        .all(|(from, to)| { [1, 2].contains(&from.0) || [1, 2].contains(&to.0) }),
                    "{fault:?}"
                ),
                _ => {}
            }
        }
    }
}

#[test]
fn clients_are_spared_but_for_their_links() {
    let (mut with, mut without) = (0, 0);
    for seed in 0..24 {
        let events = run("clients", (3, 1), seed, |mesh| {
            mesh.chaos().all_kinds().clients([3]);
        });
        for event in &events {
            match &event.kind {
                EventKind::ClockSet(shard, _)
                | EventKind::Crashed(shard)
                | EventKind::Paused(shard) => assert_ne!(*shard, ShardId(3)),
                EventKind::FaultBegan(fault) => {
                    let client = |(from, to): &(ShardId, ShardId)| from.0 == 3 || to.0 == 3;
                    if fault.links.iter().any(client) {
                        with += 1;
                    } else {
                        without += 1;
                    }
                }
                _ => {}
            }
        }
    }
    assert!(with > 10 && without > 2 * with, "{with} and {without}");
}

#[test]
fn half_of_them_are_aimed() {
    let mut victims = [0, 0];
    for seed in 0..16 {
        let events = run("target", (5, 0), seed, |mesh| {
            mesh.chaos()
                .kinds([Kind::Pause])
                .every(ms(10)..ms(100))
                .lasting(ms(10)..ms(100))
                .target(|| Some(3));
        });
        for event in &events {
            if let EventKind::Paused(shard) = event.kind {
                victims[usize::from(shard.0 == 3)] += 1;
            }
        }
    }
    let [others, aimed] = victims;
    // A half, and a fifth of the other half.
    let share = f64::from(aimed) / f64::from(aimed + others);
    assert!((0.5..0.7).contains(&share), "{aimed} of {}", aimed + others);
}

#[test]
fn none_begins_after_half_of_the_time_and_none_is_too_long() {
    let mut all = 0;
    for seed in 0..24 {
        let events = run("times", (3, 0), seed, |mesh| {
            mesh.chaos().kinds([Kind::Partition, Kind::Stall]);
        });
        let mut began = Vec::new();
        for event in &events {
            match &event.kind {
                EventKind::FaultBegan(fault) => {
                    assert!(event.at <= ms(30_000), "{}", event.at.as_millis());
                    began.push((fault.clone(), event.at));
                }
                EventKind::FaultEnded(fault) => {
                    all += 1;
                    let same = |it: &(_, _)| std::sync::Arc::ptr_eq(&it.0, fault);
                    let (_, at) = began.swap_remove(began.iter().position(same).unwrap());
                    assert!(event.at.saturating_sub(at) <= ms(6_000));
                }
                _ => {}
            }
        }
        assert!(began.is_empty(), "{began:?} did not end");
    }
    assert!(all > 100, "{all}");
}

#[shard_mesh::test(peers = 0..2, seeds = 0..4)]
async fn without_a_node_chaos_alone_takes_links_and_clocks(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.chaos().all_kinds().every(ms(1)..ms(10)).lasting(ms(5));
    tokio::time::sleep(ms(3_000)).await;
    let events = mesh.timeline();
    let down = |it: &&Event| matches!(it.kind, EventKind::Crashed(_) | EventKind::Paused(_));
    assert_eq!(events.events().iter().filter(down).count(), 0);
    assert!(events.events().len() > 10);
}
