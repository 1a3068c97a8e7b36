//! Many shards that gossip over links with latency: few segments, and time that moves in small steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Run, ShardId};
use tokio::task::JoinSet;

use super::millis;
use crate::designs::runtimes::harnessed_by;
use crate::designs::workload::{body, segment};
use crate::rounds::{Measure, interleave};
use crate::samples::Samples;
use crate::table::{Bound, Figure, Row, heading};

/// What every host of a simulation does, whoever simulates it.
pub(crate) mod load {
    use super::{Duration, Rng, millis};

    pub(crate) const LATENCY: [Duration; 2] = [millis(1), millis(20)];
    /// Peers to which each sends in a second.
    pub(crate) const FANOUT: u32 = 3;

    pub(crate) fn segments(hosts: u32, seconds: u32) -> u32 {
        hosts * FANOUT * seconds
    }

    /// When in its second `host` sends: not all at once.
    pub(crate) fn offset(host: u32) -> Duration {
        millis(Rng::with_seed(host.into()).u64(0..1000))
    }

    /// Another of `hosts` than `host`.
    pub(crate) fn peer(rng: &mut Rng, host: u32, hosts: u32) -> u32 {
        let other = rng.u32(0..hosts - 1);
        other + u32::from(other >= host)
    }
}

const SHARDS: u32 = 1_000;
/// Simulated.
const SECONDS: u32 = 60;

pub(crate) fn run(rounds: usize) {
    let mut measures: Vec<Measure> = vec![
        Box::new(|| simulate(|run| full_mesh(run, false).0)),
        Box::new(|| simulate(|run| full_mesh(run, true).0)),
        Box::new(minute),
    ];
    #[cfg(feature = "peers")]
    measures.push(Box::new(crate::peers::gossip::seconds));
    let samples = interleave(rounds.min(3), &mut measures);
    let [plain, faulty, minute, peers @ ..] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading(
        "1,000 shards, all linked to all",
        "plain",
        "latency",
        "of it",
    );
    let millis = |samples: &Samples| Figure::new(samples.median() * 1e3, "ms");
    let set_up = Row {
        what: "set-up".to_owned(),
        baseline: Some(millis(plain)),
        figure: Some(millis(faulty)),
        ratio: Some(faulty.relative_to(plain)),
        bound: Bound::None,
    };
    set_up.print();
    heading(
        "gossip, latency of 1 to 20 ms, segments a second",
        "turmoil",
        "this",
        "ratio",
    );
    let turmoil = peers.first();
    let row = Row {
        what: "one simulated minute".to_owned(),
        baseline: turmoil.map(per_second),
        figure: Some(per_second(minute)),
        ratio: turmoil.map(|turmoil| turmoil.relative_to(minute)),
        bound: Bound::None,
    };
    row.print();
}

fn per_second(samples: &Samples) -> Figure {
    Figure::new(1e-3 / samples.median(), "k/s")
}

/// Measures what `work` says that it took.
fn simulate(work: fn(&Run) -> Duration) -> Duration {
    harnessed_by(harness(), move |run| std::future::ready(work(run)))
}

/// What one segment takes of a simulated minute, without the set-up.
fn minute() -> Duration {
    let took = harnessed_by(harness(), |run| {
        let (_, endpoints) = full_mesh(run, true);
        gossip(endpoints)
    });
    took / load::segments(SHARDS, SECONDS)
}

fn harness() -> Harness {
    Harness::new(module_path!(), "gossip").timeout(Duration::from_secs(3600))
}

/// A mesh, and what making it took.
fn full_mesh(run: &Run, latency: bool) -> (Duration, Vec<Endpoint>) {
    let start = Instant::now();
    let factory = run.watch(InProcessTransportFactory::new());
    let create = |id: u32| factory.create(ShardId(id.into()));
    let endpoints: Vec<_> = (0..SHARDS).map(create).collect();
    for from in 0..SHARDS {
        for to in (0..SHARDS).filter(|to| *to != from) {
            factory.connect(ShardId(from.into()), ShardId(to.into()));
        }
    }
    if latency {
        let [least, most] = load::LATENCY;
        factory.mesh().all().latency(least..=most).optional();
    }
    (start.elapsed(), endpoints)
}

/// Runs every shard, which is two tasks.
async fn gossip(endpoints: Vec<Endpoint>) -> Duration {
    let start = Instant::now();
    let received = Arc::new(AtomicU32::new(0));
    let (mut senders, mut receivers) = (JoinSet::new(), JoinSet::new());
    for (host, endpoint) in (0..).zip(endpoints) {
        receivers.spawn(receive(endpoint.clone(), received.clone()));
        senders.spawn(send(endpoint, host));
    }
    senders.join_all().await;
    let [_, most] = load::LATENCY;
    tokio::time::sleep(most + millis(1)).await;
    let took = start.elapsed();
    assert_eq!(
        received.load(Ordering::Relaxed),
        load::segments(SHARDS, SECONDS)
    );
    took
}

async fn send(endpoint: Endpoint, host: u32) {
    let mut rng = Rng::with_seed(host.into());
    let data = body();
    tokio::time::sleep(load::offset(host)).await;
    for number in 0..SECONDS {
        for _ in 0..load::FANOUT {
            let to = ShardId(load::peer(&mut rng, host, SHARDS).into());
            let sent = endpoint.send_segment(to, segment(number, &data));
            sent.await.expect("an open link");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn receive(endpoint: Endpoint, received: Arc<AtomicU32>) {
    while endpoint.recv_segment().await.is_some() {
        received.fetch_add(1, Ordering::Relaxed);
    }
}
