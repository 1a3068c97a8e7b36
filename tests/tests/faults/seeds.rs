//! Chance is a pure function of the seed, the link and the number of the segment.

use std::sync::{Mutex, PoisonError};

use shard_mesh::{
    Endpoint, Event, EventKind, Harness, InProcessTransportFactory, Mesh, Segment, ShardId, Stats,
    Timeline,
};

use crate::support::{drain, ms, send, send_to};

/// What came of a run: what shard 1 received from shard 0, in order, the counts, and all that
/// happened.
type Trace = (Vec<u64>, Stats, Timeline);

/// Runs hand their traces back through here, one at a time: a body may not capture.
static TRACE: Mutex<Option<(Others, Trace)>> = Mutex::new(None);
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    None,
    Link,
    Shards,
}

/// 500 segments over a link with every fault, which `others` should not touch.
fn trace(seed: u64, others: Others) -> Trace {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let empty = InProcessTransportFactory::<u64>::new().mesh();
    let nothing = (Vec::new(), empty.stats(), empty.timeline());
    *TRACE.lock().unwrap() = Some((others, nothing));
    Harness::new("faults", "trace").seed(seed).run(|run| {
        let others = TRACE.lock().unwrap().as_ref().unwrap().0;
        let factory = run.watch(InProcessTransportFactory::new().with_capacity(1000));
        let before = (others == Others::Shards).then(|| factory.create(ShardId(9)));
        let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
        factory.connect(ShardId(0), ShardId(1));
        if others == Others::Link {
            factory.connect(ShardId(1), ShardId(0));
        }
        if before.is_some() {
            factory.connect(ShardId(9), ShardId(1));
        }
        Box::new(run_trace(a, b, before, factory.mesh()))
    });
    TRACE.lock().unwrap().take().unwrap().1
}

async fn run_trace(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    other: Option<Endpoint<u64>>,
    mesh: Mesh<u64>,
) {
    assert_eq!(
        mesh.links().contains(&(ShardId(9), ShardId(1))),
        other.is_some()
    );
    let back = mesh.links().contains(&(ShardId(1), ShardId(0)));
    mesh.all().loss(0.2);
    mesh.all().duplicate(0.2);
    mesh.all().reorder(0.2);
    mesh.all().latency(ms(1)..=ms(30));
    for n in 0..500 {
        send(&a, [n]);
        if back {
            send_to(&b, ShardId(0), [n]);
        }
        if let Some(other) = &other {
            send(other, [10_000 + n]);
        }
    }
    tokio::time::advance(ms(100)).await;
    let mut got = Vec::new();
    while let Ok(Some(n)) = tokio::time::timeout(ms(100), b.recv_segment()).await {
        got.push(n);
    }
    got.retain(|n| *n < 10_000);
    let mut trace = TRACE.lock().unwrap();
    trace.as_mut().unwrap().1 = (got, mesh.stats(), mesh.timeline());
    drop(trace);
    drop(drain(&a));
}

#[test]
fn the_same_seed_gives_the_same_run_twice() {
    for seed in [0, 7, u64::MAX] {
        assert_eq!(trace(seed, Others::None), trace(seed, Others::None));
    }
}

#[test]
fn different_seeds_differ() {
    let traces: Vec<_> = (0..5).map(|seed| trace(seed, Others::None).0).collect();
    for (index, one) in traces.iter().enumerate() {
        assert!(!traces[..index].contains(one));
    }
}

#[test]
fn one_more_link_or_shard_changes_no_decision_elsewhere() {
    let (alone, stats, timeline) = trace(3, Others::None);
    for others in [Others::Link, Others::Shards] {
        let (among, counts, events) = trace(3, others);
        assert_eq!(among, alone);
        assert_eq!(on_link_0_to_1(&events), on_link_0_to_1(&timeline));
        assert_eq!(counts.link(0, 1), stats.link(0, 1));
    }
}

/// What befell the segments from 0 to 1, each by itself: who receives first is for the shards to say.
fn on_link_0_to_1(timeline: &Timeline) -> Vec<(Segment, Event)> {
    let on_link = timeline
        .events()
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Sent(segment)
            | EventKind::Lost(segment, _)
            | EventKind::Duplicated(segment)
            | EventKind::Reordered(segment)
            | EventKind::Arrived(segment)
                if (segment.from, segment.to) == (ShardId(0), ShardId(1)) =>
            {
                Some((segment, event.clone()))
            }
            _ => None,
        });
    let mut on_link: Vec<_> = on_link.collect();
    on_link.sort_by_key(|(segment, event)| (*segment, event.at));
    assert!(on_link.len() > 1000, "{timeline}");
    on_link
}

/// Whether a count is within five standard deviations of what is to be expected.
#[allow(clippy::cast_precision_loss, reason = "at most 100,000")]
fn is_likely(count: u64, probability: f64) -> bool {
    let expected = 100_000.0 * probability;
    let deviation = (expected * (1.0 - probability)).sqrt();
    (count as f64 - expected).abs() <= 5.0 * deviation
}

#[shard_mesh::test(peers = 0..3, capacity = 100_000)]
async fn rates_over_100_000_segments_are_within_their_binomial_bounds(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).loss(0.01);
    mesh.link(1, 2).duplicate(0.3);
    mesh.link(2, 0).reorder(0.05);
    for n in 0..100_000 {
        send_to(&a, ShardId(1), [n]);
        send_to(&b, ShardId(2), [n]);
        send_to(&c, ShardId(0), [n]);
    }
    let stats = mesh.stats();
    assert!(is_likely(stats.link(0, 1).dropped, 0.01), "{stats}");
    assert!(is_likely(stats.link(1, 2).duplicated, 0.3), "{stats}");
    assert!(is_likely(stats.link(2, 0).reordered, 0.05), "{stats}");
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn certainty_and_impossibility_are_exact(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let never = mesh.link(0, 1).loss(0.0);
    send(&a, 0..200);
    assert_eq!(drain(&b).len(), 200);
    never.heal();
    mesh.link(0, 1).loss(1.0);
    send(&a, 0..200);
    assert_eq!(drain(&b), []);
}
