//! What is told of a failure that was run again in a child process. Tests that fail are run, by the
//! test below them, in a process of their own.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};

#[path = "support/child.rs"]
#[allow(dead_code, reason = "others look at what it prints, too")]
mod child;

/// What one ignored test of this executable prints to standard error when it fails.
#[track_caller]
fn failure(name: &str) -> String {
    let output = child::child(name, &[]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{text}");
    text
}

/// A payload of which nobody may know.
struct Secret;

impl fmt::Debug for Secret {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("no comment");
    }
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `a_payload_whose_debug_panics_is_sent_all_the_same` runs it"]
async fn sends_a_secret(a: Endpoint<Secret>, b: Endpoint<Secret>) {
    a.send_segment(ShardId(1), Secret).await.unwrap();
    assert!(b.recv_segment().await.is_none(), "it came");
}

#[test]
fn a_payload_whose_debug_panics_is_sent_all_the_same() {
    let text = failure("sends_a_secret");
    assert!(text.contains("replay  reproduced"), "{text}");
}

static SECOND: AtomicBool = AtomicBool::new(false);

#[test]
#[ignore = "fails: `of_two_runs_in_one_test_the_one_that_failed_is_run_again` runs it"]
fn fails_in_its_second_run() {
    for _ in 0..2 {
        Harness::new(module_path!(), "fails_in_its_second_run").run(|run| {
            let factory = run.watch(InProcessTransportFactory::new());
            let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
            factory.connect(ShardId(0), ShardId(1));
            Box::new(async move {
                a.send_segment(ShardId(1), 'x').await.unwrap();
                b.recv_segment().await.unwrap();
                assert!(!SECOND.swap(true, Ordering::Relaxed), "it is the second");
            })
        });
    }
}

#[test]
fn of_two_runs_in_one_test_the_one_that_failed_is_run_again() {
    let text = failure("fails_in_its_second_run");
    assert!(text.contains("replay  reproduced"), "{text}");
}

#[shard_mesh::test(peers = 0..2, loss = 0.3, seed = 1)]
#[ignore = "fails: `a_panic_that_was_caught_is_not_where_a_test_hangs` runs it"]
async fn hangs_when_any_is_lost(a: Endpoint<u8>, b: Endpoint<u8>) -> Result<(), &'static str> {
    tokio::spawn(async { panic!("caught") }).await.unwrap_err();
    for number in 1..=10 {
        a.send_segment(ShardId(1), number).await.unwrap();
    }
    for _ in 1..=10 {
        b.recv_segment().await;
    }
    Err("none was lost")
}

#[test]
fn a_panic_that_was_caught_is_not_where_a_test_hangs() {
    let text = failure("hangs_when_any_is_lost");
    assert!(text.contains("did not finish within"), "{text}");
    assert!(text.contains("shrunk  1 of "), "{text}");
}

#[shard_mesh::test(peers = 0..2, latency = "5ms", capacity = 8)]
#[ignore = "fails: `a_report_on_an_error_counts_what_was_there_when_it_was_returned` runs it"]
async fn returns_in_between(a: Endpoint<u8>, b: Endpoint<u8>, mesh: Mesh<u8>) -> Result<(), u8> {
    let send = async |numbers: std::ops::Range<u8>| {
        for number in numbers {
            a.send_segment(ShardId(1), number).await.unwrap();
        }
    };
    send(0..2).await;
    b.recv_segment().await.unwrap();
    send(2..5).await;
    mesh.link(0, 1).hold();
    send(5..9).await;
    Err(9)
}

#[test]
fn a_report_on_an_error_counts_what_was_there_when_it_was_returned() {
    let text = failure("returns_in_between");
    let row = |begin: &str| {
        let line = text.lines().find(|it| it.trim_start().starts_with(begin));
        line.unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
    };
    let columns = [
        "link",
        "sent",
        "delivered",
        "held",
        "in",
        "flight",
        "waiting",
    ];
    assert_eq!(row("link "), columns, "{text}");
    assert_eq!(row("0 -> 1 ")[3..], ["9", "1", "4", "3", "1"], "{text}");
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `a_rerun_begins_in_the_folder_in_which_the_test_began` runs it"]
async fn goes_elsewhere(_a: Endpoint, _b: Endpoint) {
    assert!(std::path::Path::new("Cargo.toml").exists(), "not here");
    std::env::set_current_dir("/").unwrap();
    panic!("elsewhere");
}

#[test]
fn a_rerun_begins_in_the_folder_in_which_the_test_began() {
    let text = failure("goes_elsewhere");
    assert!(text.contains("panicked: elsewhere"), "{text}");
    assert!(text.contains("replay  reproduced"), "{text}");
}
