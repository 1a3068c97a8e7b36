//! Pages of tests whose rerun goes another way, or that are not run again.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use shard_mesh::Endpoint;

use crate::child::{check_page, failing_under, says};
use crate::support::{Packet, put, send};

/// Whether this process is the rerun, which is the only one to be told what to do in a file. No test
/// should know; it stands for whatever may differ between two processes.
fn is_rerun() -> bool {
    env::var_os("SHARD_MESH_RERUN").is_some()
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: `the_page_of_a_test_that_diverges` runs it"]
async fn diverges(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    send(&leader, 1, put("k", 1)).await;
    if is_rerun() {
        follower.recv_segment().await;
    }
    send(&leader, 1, put("k", 2)).await;
    assert_eq!(follower.recv_segment().await, Some(put("k", 2)));
}

#[test]
fn the_page_of_a_test_that_diverges() {
    check_page("diverging::diverges");
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: `the_page_of_a_test_that_passes_when_run_again` runs it"]
async fn passes_when_run_again(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    send(&leader, 1, put("k", 1)).await;
    follower.recv_segment().await;
    assert!(is_rerun(), "something else was there first");
}

#[test]
fn the_page_of_a_test_that_passes_when_run_again() {
    check_page("diverging::passes_when_run_again");
}

#[shard_mesh::test(leader = 0, followers = [1], flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fails: `on_several_threads_a_failure_says_why_it_is_not_run_again` runs it"]
async fn on_several_threads(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    note_process();
    send(&leader, 1, put("k", 1)).await;
    assert_eq!(follower.recv_segment().await, Some(put("k", 2)));
}

#[test]
fn on_several_threads_a_failure_says_why_it_is_not_run_again() {
    let (page, processes) = counting("diverging::on_several_threads");
    says(&page, &["not run again: on the real clock"]);
    assert_eq!(processes, 1, "{page}");
}

/// A file to which each process that runs the test adds a line.
const PROCESSES: &str = "DOSSIER_TEST_PROCESSES";

/// Returns how many have come before this one.
fn note_process() -> usize {
    let Some(path) = env::var_os(PROCESSES) else {
        return 0;
    };
    let mut options = fs::OpenOptions::new();
    let mut file = options.append(true).create(true).open(&path).unwrap();
    writeln!(file, "{}", std::process::id()).unwrap();
    fs::read_to_string(path).unwrap().lines().count() - 1
}

/// What a test that fails prints, and how many processes ran it.
fn counting(name: &str) -> (String, usize) {
    let file = name.replace("::", ".") + ".processes";
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
    let _ = fs::remove_file(&path);
    let page = failing_under(name, &[(PROCESSES, path.to_str().unwrap())]);
    let ran = fs::read_to_string(path).unwrap();
    (page, ran.lines().count())
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: `a_rerun_is_not_run_again` runs it"]
async fn fails_always(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    note_process();
    send(&leader, 1, put("k", 1)).await;
    assert_eq!(follower.recv_segment().await, Some(put("k", 2)));
}

#[test]
fn a_rerun_is_not_run_again() {
    let (page, processes) = counting("diverging::fails_always");
    says(&page, &["reproduced"]);
    assert_eq!(processes, 6, "the test and its reruns: {page}");
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: `a_run_that_differs_now_and_then_is_not_called_reproduced` runs it"]
async fn differs_in_its_third_rerun(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    let before = note_process();
    send(&leader, 1, put("k", 1)).await;
    if before == 3 {
        follower.recv_segment().await;
    }
    send(&leader, 1, put("k", 2)).await;
    assert_eq!(follower.recv_segment().await, Some(put("k", 2)));
}

#[test]
fn a_run_that_differs_now_and_then_is_not_called_reproduced() {
    let (page, processes) = counting("diverging::differs_in_its_third_rerun");
    says(
        &page,
        &["differs from run to run: 2 reruns failed in the same way, and the next one did not"],
    );
    says(&page, &["diverged at event 2"]);
    says(&page, &["`biased;`"]);
    says(&page, &["--cfg tokio_unstable"]);
    assert!(!page.contains("reproduced"), "{page}");
    assert_eq!(processes, 4, "{page}");
}

#[shard_mesh::test(leader = 0, followers = [1], loss = 0.5, seed = 3)]
#[ignore = "fails: `what_shrinking_rests_on_is_confirmed` runs it"]
async fn differs_when_shrunk(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    let before = note_process();
    for n in 1..=40 {
        send(&leader, 1, put("k", n)).await;
    }
    drop(leader);
    let mut came = 0;
    while follower.recv_segment().await.is_some() {
        came += 1;
    }
    // The test and its five reruns, and then every other one.
    assert!(
        came == 40 || (before > 5 && before % 2 == 1),
        "some were lost"
    );
}

#[test]
fn what_shrinking_rests_on_is_confirmed() {
    let (page, processes) = counting("diverging::differs_when_shrunk");
    says(&page, &["differs from run to run: 5 reruns took the same"]);
    assert!(!page.contains("shrunk  "), "{page}");
    assert_eq!(processes, 8, "{page}");
}

#[shard_mesh::test(leader = 0, followers = [1], loss = 0.5)]
#[ignore = "fails: `a_shrink_runs_the_test_as_often_as_it_says` runs it"]
async fn loses_half(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    note_process();
    for n in 1..=40 {
        send(&leader, 1, put("k", n)).await;
    }
    drop(leader);
    let mut came = 0;
    while follower.recv_segment().await.is_some() {
        came += 1;
    }
    assert_eq!(came, 40);
}

#[test]
fn a_shrink_runs_the_test_as_often_as_it_says() {
    let (page, processes) = counting("diverging::loses_half");
    // And once for itself, five times as it was, and once to tell of it.
    let told = format!("({} runs)", processes - 7);
    says(&page, &["to fail in the same place", &told]);
}
