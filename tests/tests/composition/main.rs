//! The attribute beside others, and on every shape of function that it takes.

// As under `renamed = { package = "shard-mesh", … }`.
extern crate shard_mesh as renamed;

mod beside_others;
mod functions;
mod names;
mod returns;
mod use_of_macros;

use std::process::{Command, Output};

use shard_mesh::{ShardId, Transport, WalSegmentPayload};

fn segment(number: u64) -> WalSegmentPayload {
    WalSegmentPayload::new(ShardId(0), number, "put k v")
}

async fn ship(from: &impl Transport, to: &impl Transport) {
    from.send_segment(to.local_shard(), segment(1))
        .await
        .unwrap();
    assert_eq!(to.recv_segment().await, Some(segment(1)));
}

/// Runs tests of this executable, in a process of their own, though they are marked as ignored.
fn run_ignored(name: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--ignored", "--test-threads=1"])
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A naive attribute registers a test once more for every attribute beside it.
#[test]
fn every_test_is_registered_once() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--list", "--format=terse"])
        .output()
        .unwrap();
    let listed = stdout(&output);
    let mut names: Vec<_> = listed.lines().collect();
    names.sort_unstable();
    let all = names.clone();
    names.dedup();
    assert_eq!(names, all, "a test is registered twice");
    for module in [
        "returns",
        "beside_others",
        "functions",
        "use_of_macros",
        "names",
    ] {
        let prefix = format!("{module}::");
        assert!(
            all.iter().any(|name| name.starts_with(&prefix)),
            "no test in {module}: {all:?}"
        );
    }
}
