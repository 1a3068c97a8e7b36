//! Who waits is named, and what for.

use std::time::Duration;

use shard_mesh::{InProcessTransportFactory, Run, ShardId};

use crate::{
    Body, HINT, forever, harness, report, says, says_nothing_of, shards, waits_for_a_segment,
};

#[test]
fn a_receiver_that_waits_is_named_with_its_links() {
    let report = report(harness(), waits_for_a_segment);
    says(
        &report,
        &["`the_test` did not finish within its time-out of 60s of virtual time"],
    );
    says(
        &report,
        &[
            "shard 1 waits in recv_segment since 0s",
            "0 -> 1",
            "carried nothing",
        ],
    );
    says_nothing_of(&report, "shard 0 waits");
    says_nothing_of(&report, "shard 2 waits");
    says(&report, &["no segment was sent"]);
}

#[test]
fn a_mesh_that_is_watched_twice_is_told_of_once() {
    let report = report(harness(), |run| {
        let factory = run.watch(run.watch(InProcessTransportFactory::<u32>::new()));
        Box::new(async move {
            let _mesh = factory.mesh();
            forever().await;
        })
    });
    says_nothing_of(&report, "mesh 1 of 2");
}

#[test]
fn a_receiver_that_has_received_all_is_told_so() {
    let report = report(harness(), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            a.send_segment(ShardId(2), 1).await.unwrap();
            a.send_segment(ShardId(2), 2).await.unwrap();
            let _link_is_open = b;
            while c.recv_segment().await.is_some() {}
        })
    });
    says(&report, &["shard 2 waits in recv_segment"]);
    says(&report, &["0 -> 2 has carried 2, all received"]);
    says(&report, &["1 -> 2 has carried nothing"]);
}

#[test]
fn a_sender_that_waits_for_room_is_named_with_its_link() {
    let report = report(harness(), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            let _ends_are_open = (b, c);
            tokio::time::sleep(Duration::from_millis(1200)).await;
            for number in 0..3 {
                a.send_segment(ShardId(1), number).await.unwrap();
            }
        })
    });
    says(
        &report,
        &[
            "shard 0 waits in send_segment since 1.2s",
            "0 -> 1 is full",
            "shard 1 has 2 segments still to receive",
            "capacity 2",
        ],
    );
    says_nothing_of(&report, "recv_segment");
}

#[test]
fn a_settle_that_waits_names_the_inbox_that_nobody_reads() {
    fn test(run: &Run) -> Body {
        let factory = run.watch(InProcessTransportFactory::new());
        let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
        factory.connect(ShardId(0), ShardId(1));
        Box::new(async move {
            a.send_segment(ShardId(1), "unread").await.unwrap();
            factory.mesh().settle().await;
            drop(b);
        })
    }
    let real = harness()
        .start_paused(false)
        .timeout(Duration::from_millis(50));
    for report in [report(harness(), test), report(real, test)] {
        says(
            &report,
            &[
                "waits in settle since 0s",
                "1 segment on 0 -> 1 not received by shard 1",
            ],
        );
    }
}

#[test]
fn all_who_wait_are_named() {
    let report = report(harness(), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            for _ in 0..2 {
                let c = c.clone();
                tokio::spawn(async move { c.recv_segment().await });
            }
            for number in 0..5 {
                let a = a.clone();
                tokio::spawn(async move { a.send_segment(ShardId(1), number).await });
            }
            let _ends_are_open = (a, b);
            forever().await;
        })
    });
    says(
        &report,
        &["shard 2 waits in recv_segment in 2 tasks since 0s"],
    );
    says(
        &report,
        &["shard 0 waits in send_segment in 3 tasks since 0s"],
    );
}

#[test]
fn who_waits_no_more_is_not_named() {
    let report = report(harness(), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            let patience = Duration::from_secs(1);
            tokio::time::timeout(patience, b.recv_segment())
                .await
                .unwrap_err();
            a.send_segment(ShardId(1), 1).await.unwrap();
            b.recv_segment().await.unwrap();
            c.recv_segment().await;
        })
    });
    says(&report, &["shard 2 waits in recv_segment since 1s"]);
    says_nothing_of(&report, "shard 1 waits");
}

#[test]
fn the_last_events_are_told_in_order() {
    let report = report(harness(), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            a.send_segment(ShardId(1), 10).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            b.recv_segment().await.unwrap();
            b.send_segment(ShardId(2), 20).await.unwrap();
            c.recv_segment().await.unwrap();
            drop(a);
            c.recv_segment().await;
        })
    });
    let events = report.split("what happened\n").nth(1).unwrap_or_default();
    let events: Vec<_> = events.lines().skip(1).take(3).map(str::trim).collect();
    assert!(
        events[0].starts_with("0s ") && events[0].contains("#1"),
        "{report}"
    );
    assert!(
        events[1].starts_with("5ms ") && events[1].contains("receives #1 of 0"),
        "{report}"
    );
    assert!(events[2].contains("●─#1"), "{report}");
    says_nothing_of(&report, HINT);
}

#[test]
fn two_meshes_are_both_reported() {
    let report = report(harness(), |run| {
        let (first, second) = (shards(run), shards(run));
        Box::new(async move {
            let reader = second[2].clone();
            tokio::spawn(async move { reader.recv_segment().await });
            first[1].recv_segment().await;
            drop(second);
        })
    });
    says(&report, &["shard 1 waits in recv_segment"]);
    says(&report, &["shard 2 waits in recv_segment"]);
    assert_eq!(report.matches("no segment was sent").count(), 2, "{report}");
}

#[test]
fn a_settle_that_waits_on_several_threads_is_named() {
    let threads = harness().multi_thread().timeout(Duration::from_millis(50));
    let report = report(threads, |run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
        factory.connect(ShardId(0), ShardId(1));
        Box::new(async move {
            a.send_segment(ShardId(1), "unread").await.unwrap();
            factory.mesh().settle().await;
            drop(b);
        })
    });
    says(
        &report,
        &[
            "waits in settle",
            "1 segment on 0 -> 1 not received by shard 1",
        ],
    );
}

#[test]
fn a_full_mesh_of_a_thousand_shards_that_all_wait_is_reported_on_one_screen() {
    let report = report(harness(), |run| {
        let factory = run.watch(InProcessTransportFactory::<u32>::new());
        let shards: Vec<_> = (0..1000).map(|id| factory.create(ShardId(id))).collect();
        for from in 0..1000 {
            for to in (0..1000).filter(|&to| to != from) {
                factory.connect(ShardId(from), ShardId(to));
            }
        }
        Box::new(async move {
            for shard in shards {
                tokio::spawn(async move { shard.recv_segment().await });
            }
            forever().await;
        })
    });
    assert!(
        report.lines().count() < 100,
        "{} lines",
        report.lines().count()
    );
}

#[test]
fn of_a_full_link_all_that_takes_room_is_told() {
    let report = report(harness(), |run| {
        let factory = run.watch(InProcessTransportFactory::new().with_capacity(3));
        let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
        factory.connect(ShardId(0), ShardId(1));
        let mesh = factory.mesh();
        Box::new(async move {
            a.send_segment(ShardId(1), 1).await.unwrap();
            mesh.link(0, 1).latency(Duration::from_secs(3600));
            a.send_segment(ShardId(1), 2).await.unwrap();
            mesh.link(0, 1).hold();
            for number in 3..5 {
                a.send_segment(ShardId(1), number).await.unwrap();
            }
            drop(b);
        })
    });
    says(
        &report,
        &[
            "0 -> 1 is full: shard 1 has 1 segment still to receive, 1 segment on the way, \
             1 segment held (capacity 3) by the hold at",
        ],
    );
}

#[test]
fn a_task_that_waits_for_something_else_is_told_beside_one_that_waits_on_the_mesh() {
    let report = report(harness(), |run| {
        let factory = run.watch(InProcessTransportFactory::<u32>::new());
        let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
        factory.connect(ShardId(0), ShardId(1));
        let mesh = factory.mesh();
        Box::new(async move {
            let receiver = b.clone();
            mesh.spawn(1, async move { receiver.recv_segment().await });
            mesh.spawn(1, async move {
                tokio::sync::Notify::new().notified().await;
                drop(b);
            });
            for _ in 0..2 {
                mesh.spawn(0, forever());
            }
            let _link_is_open = a;
            forever().await;
        })
    });
    says(&report, &["shard 1 waits in recv_segment since 0s"]);
    let tasks = |line: &&str| line.starts_with("  a task of shard 1, spawned at ");
    let tasks: Vec<_> = report.lines().filter(tasks).collect();
    assert!(tasks.len() == 2 && tasks[0] != tasks[1], "{report}");
    says(
        &report,
        &[
            "2 tasks of shard 0, spawned at",
            "are not over, and nothing waits on the endpoint",
        ],
    );
}
