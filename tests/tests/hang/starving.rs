//! Operations of the mesh that never wait starve nobody, and a paused clock on which nothing else
//! happens fails the test.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, Run, ShardId};
use tokio::time::timeout;

use crate::{Body, harness, report, says, says_nothing_of};

const MOMENT: Duration = Duration::from_millis(20);

/// Two shards, wired from 0 to 1.
fn pair(run: &Run) -> (Endpoint<u64>, Endpoint<u64>, Mesh<u64>) {
    let factory = run.watch(InProcessTransportFactory::new());
    let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    (a, b, factory.mesh())
}

/// Runs `test` where the clock is real: on one thread and on several.
fn on_real_clocks(test: fn(&Run) -> Body) {
    let passes = |harness: Harness| {
        let code = harness.timeout(Duration::from_secs(50)).run(test);
        assert_eq!(
            format!("{code:?}"),
            format!("{:?}", std::process::ExitCode::SUCCESS)
        );
    };
    passes(harness().start_paused(false));
    passes(harness().worker_threads(1));
    passes(harness().worker_threads(2));
}

#[test]
fn a_timeout_around_sends_that_are_swallowed_comes() {
    on_real_clocks(|run| {
        let (a, b, mesh) = pair(run);
        Box::new(async move {
            let _alive = b;
            let endless = async || loop {
                a.send_segment(ShardId(1), 1).await.unwrap();
            };
            let cut = mesh.link(0, 1).cut();
            assert!(timeout(MOMENT, endless()).await.is_err());
            cut.heal();
            let loss = mesh.link(0, 1).loss(1.0);
            assert!(timeout(MOMENT, endless()).await.is_err());
            loss.heal();
            let _rule = mesh.rule(|_| shard_mesh::Verdict::Drop);
            assert!(timeout(MOMENT, endless()).await.is_err());
        })
    });
}

#[test]
fn a_timeout_around_sends_that_are_refused_comes() {
    on_real_clocks(|run| {
        let (a, b, _mesh) = pair(run);
        Box::new(async move {
            drop(b);
            for to in [1, 7] {
                let endless = async {
                    loop {
                        a.send_segment(ShardId(to), 1).await.unwrap_err();
                    }
                };
                assert!(timeout(MOMENT, endless).await.is_err());
            }
        })
    });
}

#[test]
fn a_timeout_around_receives_at_a_closed_inbox_comes() {
    on_real_clocks(|run| {
        let (a, b, _mesh) = pair(run);
        Box::new(async move {
            drop(a);
            let endless = async {
                loop {
                    assert_eq!(b.recv_segment().await, None);
                }
            };
            assert!(timeout(MOMENT, endless).await.is_err());
        })
    });
}

#[test]
fn a_timeout_around_sends_and_receives_comes() {
    on_real_clocks(|run| {
        let (a, b, _mesh) = pair(run);
        Box::new(async move {
            let endless = async {
                loop {
                    a.send_segment(ShardId(1), 1).await.unwrap();
                    b.recv_segment().await.unwrap();
                }
            };
            assert!(timeout(MOMENT, endless).await.is_err());
        })
    });
}

#[shard_mesh::test(peers = 0..2, loss = 1.0, timeout = "2s")]
async fn another_task_runs_beside_sends_that_are_swallowed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let other = mesh.spawn(1, async move {
        let _b = b;
        tokio::task::yield_now().await;
        7
    });
    tokio::select! {
        seven = other => assert_eq!(seven.unwrap(), Some(7)),
        () = async { loop { let _ = a.send_segment(ShardId(1), 1).await; } } => {}
    }
}

const STANDS_STILL: &str = "stands still: a million operations";

#[test]
fn a_loop_that_looks_paced_and_is_not_fails_the_test() {
    let report = report(harness(), |run| {
        let (a, b, _mesh) = pair(run);
        Box::new(async move {
            drop(b);
            loop {
                let _refused = a.send_segment(ShardId(1), 1).await;
                let _none = timeout(Duration::from_millis(100), a.recv_segment()).await;
            }
        })
    });
    says(&report, &[STANDS_STILL]);
    says(&report, &["failed at 0s"]);
    let who = "the test, or a task of its own";
    says(&report, &[who, "sent 0 -> 1", "`Closed`"]);
    says(&report, &[who, "received at 0", "`None`"]);
    says(&report, &["0 -> 1", "0          0     5000"]);
}

#[test]
fn the_task_whose_sends_are_swallowed_is_named() {
    let report = report(harness(), |run| {
        let (a, b, mesh) = pair(run);
        Box::new(async move {
            mesh.link(0, 1).cut();
            mesh.spawn(0, async move {
                loop {
                    a.send_segment(ShardId(1), 1).await.unwrap();
                }
            });
            b.recv_segment().await;
        })
    });
    says(&report, &[STANDS_STILL]);
    let task = "a task of shard 0, spawned at tests/tests/hang/starving.rs:";
    says(&report, &[task, "sent 0 -> 1, which lost it"]);
    says_nothing_of(&report, "the test, or a task of its own");
}

#[test]
fn a_task_of_tokios_that_polls_an_empty_inbox_fails_the_test() {
    let report = report(harness(), |run| {
        let (a, b, _mesh) = pair(run);
        Box::new(async move {
            let polls = tokio::spawn(async move {
                while b.try_recv_segment().is_err() {
                    tokio::task::yield_now().await;
                }
            });
            polls.await.unwrap();
            drop(a);
        })
    });
    says(&report, &[STANDS_STILL]);
    says(&report, &["tried to receive at 1, where nothing was"]);
}

#[test]
fn a_loop_within_one_poll_ends_by_a_panic() {
    let failed = catch_unwind(AssertUnwindSafe(|| {
        harness().run(|run| {
            let (a, b, _mesh) = pair(run);
            Box::new(async move {
                let _alive = (&a, &b);
                while a.try_send_segment(ShardId(9), 1).is_err() {}
            })
        })
    }));
    let message = *failed.unwrap_err().downcast::<String>().unwrap();
    says(&message, &[STANDS_STILL]);
    says(&message, &["sent 0 -> 9", "`UnknownPeer`"]);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_segment_that_is_received_or_a_clock_that_moves_starts_the_count_anew(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
) {
    let nothing = || {
        for _ in 0..600_000 {
            assert!(b.try_recv_segment().is_err());
        }
    };
    nothing();
    a.send_segment(ShardId(1), 1).await.unwrap();
    b.recv_segment().await.unwrap();
    nothing();
    tokio::time::sleep(Duration::from_millis(1)).await;
    nothing();
    tokio::time::advance(Duration::from_millis(1)).await;
    nothing();
}
