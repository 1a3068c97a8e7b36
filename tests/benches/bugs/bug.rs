//! The bugs, and how each is run.

use std::fmt::Debug;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId, ms};

use crate::planted;
use crate::schedule::{Schedule, Shards};

pub(crate) struct Bug {
    pub(crate) name: &'static str,
    /// The schedule by hand of the example that is most like it.
    pub(crate) by_hand: Schedule,
    /// Whether it shows under this schedule, with this seed.
    pub(crate) shows: fn(Schedule, u64) -> bool,
}

macro_rules! bug {
    ($name:ident, $by_hand:ident, $shards:expr, $says:literal, |$endpoints:pat_param, $mesh:ident| $body:expr) => {
        Bug {
            name: stringify!($name),
            by_hand: Schedule::$by_hand,
            shows: |schedule, seed| {
                shows((schedule, seed), $shards, $says, |endpoints, $mesh| {
                    let Ok($endpoints) = <[_; _]>::try_from(endpoints) else {
                        unreachable!()
                    };
                    $body
                })
            },
        }
    };
}

pub(crate) const BUGS: [Bug; 8] = [
    bug!(
        ack_before_sync,
        Troubles,
        server(),
        "an acknowledged write is lost",
        |[a, b], mesh| planted::ack_before_sync::body(a, b, mesh)
    ),
    bug!(
        vote_not_saved,
        Troubles,
        peers(3, 3),
        "two leaders of one term",
        |peers, mesh| planted::vote_not_saved::body(peers, mesh)
    ),
    bug!(
        quorum_off_by_one,
        Troubles,
        peers(4, 6),
        "two hold the lock",
        |peers, mesh| planted::quorum_off_by_one::body(peers, mesh)
    ),
    bug!(
        lease_without_margin,
        Clocks,
        peers(3, 3),
        "two hold the lease",
        |peers, mesh| planted::lease_without_margin::body(peers, mesh)
    ),
    bug!(
        log_not_cut_back,
        Troubles,
        peers(3, 5),
        "confirmed entries differ",
        |peers, mesh| planted::log_not_cut_back::body(peers, mesh)
    ),
    bug!(
        window_that_gives_up,
        BadLinks,
        peers(2, 2),
        "it gave up",
        |[a, b], mesh| planted::window_that_gives_up::body(a, b, mesh)
    ),
    bug!(
        dedup_that_forgets,
        BadLinksAndOneCrash,
        server(),
        "a request was applied twice",
        |[a, b], mesh| planted::dedup_that_forgets::body(a, b, mesh)
    ),
    bug!(
        counter_of_deltas,
        BadLinks,
        peers(2, 2),
        "the replicas differ",
        |peers, mesh| planted::counter_of_deltas::body(peers, mesh)
    ),
];

/// A hosted server and a client.
fn server() -> Shards {
    Shards {
        hosts: 1,
        peers: 1,
        client: Some(9),
    }
}

/// Peers, of which the first are hosted.
fn peers(hosts: u64, peers: u64) -> Shards {
    Shards {
        hosts,
        peers,
        client: None,
    }
}

/// Whether `body` panics with these words, in a sweep of one seed, which runs on a thread of its own.
fn shows<P, F>(
    (schedule, seed): (Schedule, u64),
    shards: Shards,
    says: &str,
    body: impl Fn(Vec<Endpoint<P>>, Mesh<P>) -> F + Sync,
) -> bool
where
    P: Debug + Clone + Send + 'static,
    F: Future<Output = ()> + 'static,
{
    let ids: Vec<_> = shards.all().map(ShardId).collect();
    let found = Arc::new(Mutex::new(None));
    let sweep = Harness::new("bugs", "bug").seeds(seed..seed + 1);
    sweep.run(|run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let endpoints = ids.iter().map(|id| factory.create(*id)).collect();
        for from in &ids {
            for to in ids.iter().filter(|to| *to != from) {
                factory.connect(*from, *to);
            }
        }
        let mesh = factory.mesh();
        mesh.all().latency(ms(1)).optional();
        schedule.declare(&mesh, shards);
        let (body, found) = (body(endpoints, mesh), found.clone());
        // A run that fails would be reported and drawn, which is not to be measured.
        Box::new(async move { *found.lock().unwrap() = panic_of(body).await })
    });
    let found = found.lock().unwrap().take();
    // Otherwise it is a bug of the bench.
    assert!(
        found.as_ref().is_none_or(|it: &String| it.contains(says)),
        "seed {seed} fails otherwise: {found:?}"
    );
    found.is_some()
}

/// What a future says when it panics.
async fn panic_of(body: impl Future<Output = ()>) -> Option<String> {
    let mut body = pin!(body);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(cx)));
        match polled {
            Ok(polled) => polled.map(|()| None),
            Err(panic) => {
                let says = panic.downcast_ref::<String>().cloned();
                let says = says.or(panic.downcast_ref::<&str>().map(|&it| it.to_owned()));
                Poll::Ready(Some(says.unwrap_or_default()))
            }
        }
    })
    .await
}
