//! Faults that come and go by themselves: planned ones, and those of chaos.

mod bad_use;
mod calm;
mod dead;
mod limits;
mod moments;
mod planned;
mod repeats;

use std::time::Duration;

use shard_mesh::{Endpoint, Event, EventKind, Harness, InProcessTransportFactory, Mesh, ShardId};

/// Says something to all others now and then, for ever.
pub(crate) async fn gossips(at: Endpoint<u64>, peers: u64) {
    let me = at.local_shard().0;
    for round in 0.. {
        for to in (0..peers).filter(|it| *it != me) {
            let _ = at.try_send_segment(ShardId(to), round);
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
        while at.try_recv_segment().is_ok() {}
    }
}

/// Runs `hosts` gossiping nodes, beside shards of the ids after those without a node, for forty seconds, as
/// `set` sets chaos; the events of that.
pub(crate) fn run(
    name: &'static str,
    (hosts, others): (u64, u64),
    seed: u64,
    set: impl Fn(&Mesh<u64>) + Send + Sync + 'static,
) -> Vec<Event> {
    let events = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let set = std::sync::Arc::new(set);
    let kept = events.clone();
    Harness::new(module_path!(), name)
        .seed(seed)
        .reruns(false)
        .run(move |run| {
            let factory = run.watch(InProcessTransportFactory::new());
            let all = 0..hosts + others;
            let shards: Vec<_> = all.clone().map(|id| factory.create(ShardId(id))).collect();
            for from in all.clone() {
                for to in all.clone().filter(|to| *to != from) {
                    factory.connect(ShardId(from), ShardId(to));
                }
            }
            let (mesh, set, kept) = (factory.mesh(), set.clone(), kept.clone());
            Box::new(async move {
                let mut shards = shards.into_iter();
                for shard in shards.by_ref().take(usize::try_from(hosts).unwrap()) {
                    mesh.host(shard, move |at| gossips(at, hosts));
                }
                let _others: Vec<_> = shards.collect();
                set(&mesh);
                for _ in 0..40 {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    // What is over is forgotten after some thousand events.
                    let timeline = mesh.timeline();
                    let mut kept = kept.lock().unwrap();
                    let last = kept.last().map_or(Duration::ZERO, |it: &Event| it.at);
                    let known = kept.iter().filter(|it| it.at == last).count();
                    let events = timeline.events().iter();
                    let new = events.filter(|it| it.at >= last && !is_of_segment(it));
                    kept.extend(new.skip(known).cloned());
                }
            })
        });
    let events = events.lock().unwrap();
    events.clone()
}

fn is_of_segment(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::Sent(_)
            | EventKind::Received(_)
            | EventKind::Lost(..)
            | EventKind::Held(_)
            | EventKind::Arrived(_)
            | EventKind::Duplicated(_)
            | EventKind::Reordered(_)
    )
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
