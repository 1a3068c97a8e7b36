//! What ends a test that hangs, on a paused clock and a real one.

use std::time::Duration;

use shard_mesh::ShardId;

use crate::{HINT, forever, harness, report, says, says_nothing_of, shards, waits_for_a_segment};

#[test]
fn a_heartbeat_does_not_hide_a_hang() {
    let report = report(harness(), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            tokio::spawn(async {
                loop {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            });
            tokio::time::sleep(Duration::from_millis(7)).await;
            a.send_segment(ShardId(1), 1).await.unwrap();
            b.recv_segment().await.unwrap();
            let _links_are_open = (a, c);
            b.recv_segment().await;
        })
    });
    says(&report, &["shard 1 waits in recv_segment since 7ms"]);
    says(&report, &["nothing was sent or received after 7ms"]);
}

#[test]
fn a_heartbeat_of_segments_does_not_hide_who_waits() {
    let report = report(harness().timeout(Duration::from_secs(5)), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    a.send_segment(ShardId(1), 0).await.unwrap();
                    b.recv_segment().await.unwrap();
                }
            });
            c.recv_segment().await;
        })
    });
    says(&report, &["time-out of 5s of virtual time"]);
    says(&report, &["shard 2 waits in recv_segment since 0s"]);
}

#[test]
fn traffic_that_goes_on_is_not_taken_for_a_heartbeat() {
    let report = report(harness().timeout(Duration::from_secs(5)), |run| {
        let [a, b, _c] = shards(run);
        Box::new(async move {
            for number in 0.. {
                tokio::time::sleep(Duration::from_millis(10)).await;
                a.send_segment(ShardId(1), number).await.unwrap();
                assert_eq!(b.recv_segment().await, Some(number));
            }
        })
    });
    says(&report, &["segments moved to the end, on 0 -> 1"]);
    says_nothing_of(&report, "nothing moved");
    says_nothing_of(&report, "wait to receive, and");
}

#[test]
fn what_stopped_is_told_from_what_goes_on() {
    let report = report(harness().timeout(Duration::from_secs(5)), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            a.send_segment(ShardId(2), 0).await.unwrap();
            c.recv_segment().await.unwrap();
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    a.send_segment(ShardId(1), 0).await.unwrap();
                    b.recv_segment().await.unwrap();
                }
            });
            c.recv_segment().await;
        })
    });
    says(
        &report,
        &["after 0s nothing moved but what is sent on 0 -> 1, to the end"],
    );
}

#[test]
fn on_a_real_clock_the_timeout_ends_it() {
    let timeout = Duration::from_millis(50);
    for real in [
        harness().start_paused(false),
        harness().multi_thread(),
        harness().worker_threads(2),
    ] {
        let report = report(real.timeout(timeout), waits_for_a_segment);
        says(
            &report,
            &["`the_test` did not finish within its time-out of 50ms"],
        );
        says(
            &report,
            &["shard 1 waits in recv_segment", "0 -> 1", "carried nothing"],
        );
        says_nothing_of(&report, "virtual");
        says_nothing_of(&report, HINT);
    }
}

#[test]
fn a_test_that_waits_for_a_thread_is_told_of_the_clock() {
    let report = report(harness(), |run| {
        let shards = shards(run);
        Box::new(async move {
            let (done, waits) = tokio::sync::oneshot::channel::<()>();
            std::thread::spawn(move || {
                std::thread::park();
                drop(done);
            });
            waits.await.unwrap_err();
            drop(shards);
        })
    });
    says(
        &report,
        &["no task waits in recv_segment, send_segment or settle"],
    );
    says(&report, &["thread", HINT]);
}

#[test]
fn a_test_without_a_mesh_is_told_of_its_timeout_too() {
    let report = report(harness(), |_run| Box::new(forever()));
    says(
        &report,
        &["`the_test` did not finish within its time-out of 60s"],
    );
    says(&report, &["no task waits in recv_segment"]);
}

#[test]
fn a_test_that_waits_for_a_thread_is_told_of_the_clock_after_segments_too() {
    let report = report(harness(), |run| {
        let shards = shards(run);
        Box::new(async move {
            shards[0].send_segment(ShardId(1), 1).await.unwrap();
            shards[1].recv_segment().await.unwrap();
            let (done, waits) = tokio::sync::oneshot::channel::<()>();
            std::thread::spawn(move || {
                std::thread::park();
                drop(done);
            });
            waits.await.unwrap_err();
        })
    });
    says(&report, &["thread", HINT]);
}
