//! Tests that their time-out does not end, as their clock stands still or as they are over: the watchdog
//! tells of them, names what holds them up, and ends the process.
//!
//! They are ignored; the test below each of them runs it in a process of its own, in which the watchdog
//! waits for a second in place of five minutes.

use std::io::{Write, stderr, stdin};
use std::process::{Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use shard_mesh::{Endpoint, Mesh, ShardId};
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;

#[path = "support/child.rs"]
#[allow(dead_code, reason = "others look at what it prints, too")]
mod child;

/// How an ignored test ends whose process is to be ended after so long.
#[track_caller]
fn run(name: &str, spin: &str) -> Output {
    let mut child = child::executable()
        .args([name, "--exact", "--ignored", "--nocapture"])
        .env("SHARD_MESH_SPIN", spin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (ended, ends) = mpsc::channel();
    thread::spawn(move || {
        let out = thread::spawn(move || std::io::read_to_string(stdout.unwrap()).unwrap());
        let err = std::io::read_to_string(stderr.unwrap()).unwrap();
        let _ = ended.send((out.join().unwrap(), err));
    });
    let Ok((out, err)) = ends.recv_timeout(Duration::from_secs(60)) else {
        child.kill().unwrap();
        panic!("process {id}, which ran `{name}`, has not ended by itself");
    };
    Output {
        status: child.wait().unwrap(),
        stdout: out.into_bytes(),
        stderr: err.into_bytes(),
    }
}

/// What is told of a test until its process is ended: a line that holds all of each of `words`, in the
/// report and once more at the end.
#[track_caller]
fn is_told_and_ended(name: &str, words: &[&str]) -> String {
    let output = run(name, "1s");
    let text = child::text(&output);
    assert_eq!(output.status.code(), Some(101), "{text}");
    let title = format!("shard-mesh: `{name}` still runs ");
    assert_eq!(text.matches(&title).count(), 2, "{text}");
    assert_eq!(
        text.matches("SHARD_MESH_SPIN ends this process").count(),
        1,
        "{text}"
    );
    for word in words {
        assert!(text.matches(word).count() >= 2, "{word:?} twice in\n{text}");
    }
    text
}

fn for_ever() {
    loop {
        thread::park();
    }
}

#[shard_mesh::test(peers = 0..2, timeout = "5s")]
#[ignore = "hangs: `blocking_work_that_holds_the_clock_is_told` runs it"]
async fn waits_beside_blocking_work(a: Endpoint<u64>, b: Endpoint<u64>) {
    let _link_is_open = a;
    spawn_blocking(for_ever);
    b.recv_segment().await;
}

#[shard_mesh::test(peers = 0..2, timeout = "5s")]
#[ignore = "hangs: `blocking_work_that_holds_the_clock_is_told` runs it"]
async fn beats_beside_blocking_work(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.spawn(0, async move {
        loop {
            sleep(Duration::from_millis(1)).await;
            a.send_segment(ShardId(1), 1).await.unwrap();
        }
    });
    spawn_blocking(for_ever);
    b.recv_segment().await;
}

#[test]
fn blocking_work_that_holds_the_clock_is_told() {
    for name in ["waits_beside_blocking_work", "beats_beside_blocking_work"] {
        let blocking = "no task can run, and blocking work holds the clock";
        let text = is_told_and_ended(name, &["has let no time pass on its clock", blocking]);
        assert!(!text.contains("is being polled"), "{text}");
        assert!(text.contains("shard 1 waits in recv_segment"), "{text}");
        assert!(text.contains("the process is ended after 1s"), "{text}");
    }
}

#[shard_mesh::test(peers = 0..2, timeout = "2s")]
#[ignore = "hangs: `blocking_work_that_outlives_the_test_is_told` runs it"]
async fn leaves_blocking_work(a: Endpoint<u64>, b: Endpoint<u64>) {
    spawn_blocking(for_ever);
    a.send_segment(ShardId(1), 1).await.unwrap();
    b.recv_segment().await.unwrap();
}

#[shard_mesh::test(peers = 0..2, timeout = "2s", start_paused = false)]
#[ignore = "hangs: `blocking_work_that_outlives_the_test_is_told` runs it"]
async fn leaves_blocking_work_on_a_real_clock(_a: Endpoint<u64>, _b: Endpoint<u64>) {
    spawn_blocking(for_ever);
}

#[test]
fn blocking_work_that_outlives_the_test_is_told() {
    for name in [
        "leaves_blocking_work",
        "leaves_blocking_work_on_a_real_clock",
    ] {
        let waits = "its runtime waits for blocking work (`spawn_blocking`)";
        is_told_and_ended(name, &["is over, and ", waits]);
    }
}

/// Does not end when it is dropped.
struct Blocks;

impl Drop for Blocks {
    fn drop(&mut self) {
        for_ever();
    }
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "hangs: `a_destructor_that_does_not_end_is_told` runs it"]
async fn leaves_a_task_that_does_not_let_go(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.spawn(1, async move {
        let _blocks = Blocks;
        b.recv_segment().await;
    });
    yield_now().await;
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "hangs: `a_destructor_that_does_not_end_is_told` runs it"]
async fn owns_what_does_not_let_go(_a: Endpoint<u64>, b: Endpoint<u64>) {
    let _blocks = Blocks;
    b.recv_segment().await;
}

#[test]
fn a_destructor_that_does_not_end_is_told() {
    let owned = "a destructor of what the test owns does not end";
    is_told_and_ended("owns_what_does_not_let_go", &["is over, and ", owned]);
    let name = "leaves_a_task_that_does_not_let_go";
    let dropped = "is being dropped: a destructor has lasted for";
    let text = is_told_and_ended(
        name,
        &["is over, and ", "a task of shard 1, spawned at ", dropped],
    );
    assert!(!text.contains("spawn_blocking"), "{text}");
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "hangs: `a_body_that_blocks_is_told` runs it"]
async fn blocks(_a: Endpoint<u64>, _b: Endpoint<u64>) {
    for_ever();
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "hangs: `a_body_that_blocks_is_told` runs it"]
async fn blocks_while_it_holds_standard_error(_a: Endpoint<u64>, _b: Endpoint<u64>) {
    let _locked = stderr().lock();
    for_ever();
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "hangs: `a_body_that_blocks_is_told` runs it"]
async fn waits_for_a_thread_by_blocking(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.spawn(1, async move { b.recv_segment().await });
    let (_never, waits) = mpsc::channel::<()>();
    waits.recv().unwrap();
}

#[test]
fn a_body_that_blocks_is_told() {
    for name in [
        "blocks",
        "blocks_while_it_holds_standard_error",
        "waits_for_a_thread_by_blocking",
    ] {
        let body = "the test's own body is being polled: one poll has lasted for";
        let text = is_told_and_ended(name, &["has let no time pass on its clock", body]);
        assert!(
            !text.contains("a task of shard 1, spawned at tests/tests/stuck.rs, is"),
            "{text}"
        );
    }
}

#[shard_mesh::test(peers = 0..3)]
#[ignore = "hangs: `a_task_that_spins_is_told_and_one_that_waits_is_not` runs it"]
async fn spins_in_a_task(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let [_a, b, c] = peers;
    mesh.spawn(1, async move {
        let _b = b;
        sleep(Duration::from_secs(1)).await;
    });
    mesh.spawn(2, async move {
        let _c = c;
        loop {
            yield_now().await;
        }
    });
    sleep(Duration::from_secs(2)).await;
}

#[test]
fn a_task_that_spins_is_told_and_one_that_waits_is_not() {
    let text = is_told_and_ended("spins_in_a_task", &["has let no time pass on its clock"]);
    let line = |shard| {
        let begin = format!("a task of shard {shard}, spawned at tests/tests/stuck.rs:");
        move |it: &&str| it.contains(&begin) && it.contains(", was polled ")
    };
    assert_eq!(text.lines().filter(line(2)).count(), 2, "{text}");
    assert_eq!(text.lines().filter(line(1)).count(), 0, "{text}");
    assert!(!text.contains("the test's own body"), "{text}");
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "hangs: `a_test_that_settles_for_ever_is_told` runs it"]
async fn settles_for_ever(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    loop {
        mesh.settle().await;
    }
}

// Its thread waits each time, so it once was taken for one that goes on.
#[test]
fn a_test_that_settles_for_ever_is_told() {
    is_told_and_ended("settles_for_ever", &["the test's own body was polled "]);
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "hangs: `a_task_of_nobody_that_spins_is_told_as_such` runs it"]
async fn spins_in_a_task_of_nobody(_a: Endpoint<u64>, b: Endpoint<u64>) {
    tokio::spawn(async {
        loop {
            yield_now().await;
        }
    });
    b.recv_segment().await;
}

#[test]
fn a_task_of_nobody_that_spins_is_told_as_such() {
    let words = "neither the test's own body nor a task of a shard is being polled";
    is_told_and_ended("spins_in_a_task_of_nobody", &[words, "`tokio::spawn`"]);
}

#[shard_mesh::test(peers = 0..2, flavor = "multi_thread", worker_threads = 1, timeout = "200ms")]
#[ignore = "hangs: `a_real_clock_at_which_no_thread_looks_is_told` runs it"]
async fn leaves_no_thread(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let _link_is_open = a;
    mesh.spawn(1, async { for_ever() });
    b.recv_segment().await;
}

#[test]
fn a_real_clock_at_which_no_thread_looks_is_told() {
    let words = [
        "has not ended at its time-out of 200ms, and ",
        "a task of shard 1, spawned at tests/tests/stuck.rs:",
        "is being polled: one poll has lasted for",
    ];
    let output = run("leaves_no_thread", "1s");
    let text = child::text(&output);
    assert_eq!(output.status.code(), Some(101), "{text}");
    assert!(words.iter().all(|word| text.contains(word)), "{text}");
}

#[shard_mesh::test(peers = 0..2, timeout = "1h")]
#[ignore = "`a_test_whose_clock_moves_is_not_told_of` runs it"]
async fn takes_a_second_of_real_time(a: Endpoint<u64>, b: Endpoint<u64>) {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        a.send_segment(ShardId(1), 1).await.unwrap();
        b.recv_segment().await.unwrap();
        sleep(Duration::from_millis(1)).await;
    }
}

#[shard_mesh::test(peers = 0..2, start_paused = false)]
#[ignore = "`a_test_whose_clock_moves_is_not_told_of` runs it"]
async fn waits_for_a_second_of_real_time(_a: Endpoint<u64>, b: Endpoint<u64>) {
    tokio::time::timeout(Duration::from_secs(1), b.recv_segment())
        .await
        .unwrap_err();
}

#[test]
fn a_test_whose_clock_moves_is_not_told_of() {
    for name in [
        "takes_a_second_of_real_time",
        "waits_for_a_second_of_real_time",
    ] {
        let output = run(name, "500ms");
        let text = child::text(&output);
        assert!(output.status.success(), "{text}");
        assert!(!text.contains("still runs"), "{text}");
    }
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "`a_process_that_is_stopped_does_not_age` runs it"]
async fn blocks_for_a_line(_a: Endpoint<u64>, _b: Endpoint<u64>) {
    println!("begins");
    stdin().read_line(&mut String::new()).unwrap();
}

#[cfg(unix)]
#[test]
fn a_process_that_is_stopped_does_not_age() {
    let mut child = child::executable()
        .args(["blocks_for_a_line", "--exact", "--ignored", "--nocapture"])
        .env("SHARD_MESH_SPIN", "2s")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let signal = |signal: &str, id: u32| {
        let kill = std::process::Command::new("kill")
            .args([signal, &*id.to_string()])
            .status();
        assert!(kill.unwrap().success());
    };
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("begins") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut out, &mut line).unwrap() > 0);
    }
    signal("-STOP", child.id());
    // As a debugger would.
    let (_never, passes) = mpsc::channel::<()>();
    passes.recv_timeout(Duration::from_secs(4)).unwrap_err();
    let mut stdin = child.stdin.take().unwrap();
    signal("-CONT", child.id());
    writeln!(stdin, "go on").unwrap();
    let rest = std::io::read_to_string(out).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{rest}{}", child::text(&output));
}

#[test]
fn a_bad_value_in_the_environment_is_told_what_would_do() {
    let output = run("takes_a_second_of_real_time", "soon");
    let text = child::text(&output);
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("SHARD_MESH_SPIN is `soon`"), "{text}");
    assert!(
        text.contains("SHARD_MESH_SPIN=20s, or to `never`"),
        "{text}"
    );
}
