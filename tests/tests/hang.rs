//! A test that hangs fails, and its report says who waits for what.
//!
//! Were it not so, these tests would hang themselves: that each ends is half of what it shows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Run, ShardId};

type Body = Box<dyn Future<Output = ()>>;

fn harness() -> Harness {
    Harness::new(module_path!(), "the_test")
}

/// The report with which `test` fails.
#[track_caller]
fn report(harness: Harness, test: fn(&Run) -> Body) -> String {
    let failed =
        catch_unwind(AssertUnwindSafe(|| harness.run(test))).expect_err("the test should hang");
    *failed.downcast::<String>().expect("a report")
}

/// `text` has a line which holds all of `words`.
#[track_caller]
fn says(text: &str, words: &[&str]) {
    let found = text
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)));
    assert!(found, "no line says {words:?} in\n{text}");
}

#[track_caller]
fn says_nothing_of(text: &str, word: &str) {
    assert!(!text.contains(word), "{word:?} in\n{text}");
}

/// The links 0 -> 1, 0 -> 2, 1 -> 2, of capacity 2.
fn shards(run: &Run) -> [Endpoint<u32>; 3] {
    let factory = run.watch(InProcessTransportFactory::with_capacity(2));
    let shards = [0, 1, 2].map(|id| factory.create(ShardId(id)));
    for (from, to) in [(0, 1), (0, 2), (1, 2)] {
        factory.connect(ShardId(from), ShardId(to));
    }
    shards
}

/// Never ends.
async fn forever() {
    std::future::pending::<()>().await;
}

const HINT: &str = "`start_paused = false`";

fn waits_for_a_segment(run: &Run) -> Body {
    let [a, b, c] = shards(run);
    Box::new(async move {
        let _links_are_open = (a, c);
        b.recv_segment().await;
    })
}

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

/// Panics when it is dropped, as what checks that it was used up does.
struct Unfinished;

impl Drop for Unfinished {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "it was not used up");
    }
}

#[test]
fn a_destructor_that_panics_does_not_hide_why_the_test_had_to_end() {
    let report = report(harness(), |run| {
        let [a, b, c] = shards(run);
        Box::new(async move {
            let _links_are_open = (a, c);
            let _unfinished = Unfinished;
            b.recv_segment().await;
        })
    });
    says(&report, &["shard 1 waits in recv_segment since 0s"]);
}

static OVER: AtomicBool = AtomicBool::new(false);

fn spins_until_it_is_over() {
    while !OVER.load(Ordering::Relaxed) {
        std::thread::yield_now();
    }
}

#[test]
fn a_test_that_fails_does_not_wait_for_what_never_ends() {
    let failed = |harness: Harness, test: fn(&Run) -> Body| {
        let panic = catch_unwind(AssertUnwindSafe(|| harness.run(test))).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"it fails"));
    };
    failed(harness(), |_| {
        Box::new(async {
            tokio::task::spawn_blocking(spins_until_it_is_over);
            panic!("it fails");
        })
    });
    failed(harness().worker_threads(1), |_| {
        Box::new(async {
            let (began, begins) = tokio::sync::oneshot::channel();
            tokio::spawn(async {
                began.send(()).unwrap();
                spins_until_it_is_over();
            });
            begins.await.unwrap();
            panic!("it fails");
        })
    });
    OVER.store(true, Ordering::Relaxed);
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
    let events = report.split("last events\n").nth(1).unwrap_or_default();
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
    says(&report, &["in mesh 2 no segment was sent"]);
}

#[test]
fn a_hang_is_no_panic_for_a_test_that_should_panic() {
    let code = harness().should_panic().run(waits_for_a_segment);
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
}

#[test]
fn a_panic_of_the_test_is_not_taken_for_a_hang() {
    let panicking: fn(&Run) -> Body = |_run| Box::new(async { panic!("the message of the test") });
    for harness in [
        harness(),
        harness().should_panic(),
        harness().multi_thread(),
    ] {
        let failed = catch_unwind(AssertUnwindSafe(|| harness.run(panicking))).unwrap_err();
        assert_eq!(
            failed.downcast_ref::<&str>(),
            Some(&"the message of the test")
        );
    }
}

#[test]
fn what_the_test_returns_is_its_exit_code() {
    let fails = harness().run(|_run| Box::new(async { Err::<(), _>("printed by the harness") }));
    assert_eq!(format!("{fails:?}"), format!("{:?}", ExitCode::FAILURE));
    let passes = harness().run(|_run| Box::new(async { Ok::<_, &str>(()) }));
    assert_eq!(format!("{passes:?}"), format!("{:?}", ExitCode::SUCCESS));
}

#[test]
fn a_test_that_ends_in_time_is_not_disturbed() {
    let code = harness().timeout(Duration::from_secs(5)).run(|run| {
        let [a, b, _c] = shards(run);
        Box::new(async move {
            tokio::time::sleep(Duration::from_millis(4999)).await;
            a.send_segment(ShardId(1), 1).await.unwrap();
            assert_eq!(b.recv_segment().await, Some(1));
        })
    });
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
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
