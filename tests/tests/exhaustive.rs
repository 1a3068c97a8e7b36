//! `exhaustive = 1`: the test without any fault, and with every single one.

use std::time::Duration;

use shard_mesh::{Disk, Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};
use tokio::time::{sleep, timeout};

#[path = "support/child.rs"]
mod child;

use child::{child, text};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Twelve segments, each sent until it is acknowledged.
#[shard_mesh::test(peers = 0..2, latency = "1ms..5ms", exhaustive = 1)]
#[ignore = "`each_fault_is_told_and_tried` runs it"]
async fn twelve(a: Endpoint<u64>, b: Endpoint<u64>) {
    let receiver = tokio::spawn(async move {
        let mut got = Vec::new();
        while let Some(n) = b.recv_segment().await {
            let _ = b.try_send_segment(ShardId(0), n);
            if !got.contains(&n) {
                got.push(n);
            }
        }
        got
    });
    for n in 0..6 {
        loop {
            a.send_segment(ShardId(1), n).await.unwrap();
            let acknowledged = async { while a.recv_segment().await != Some(n) {} };
            if timeout(ms(20), acknowledged).await.is_ok() {
                break;
            }
        }
    }
    drop(a);
    assert_eq!(receiver.await.unwrap(), (0..6).collect::<Vec<_>>());
}

#[test]
fn each_fault_is_told_and_tried() {
    let output = child("twelve", &[]);
    let page = text(&output);
    assert!(output.status.success(), "{page}");
    let to_try =
        "shard-mesh: `twelve`: 12 single faults to try, of which 12 are losses and 0 crashes\n";
    let tried = "shard-mesh: `twelve`: it passed without any fault, and with each of all 12 single faults\n";
    assert!(page.contains(to_try) && page.contains(tried), "{page}");
    // Another seed draws other latencies.
    assert!(
        child("twelve", &[("SHARD_MESH_SEED", "17")])
            .status
            .success()
    );
}

/// It gives up on one of them only.
#[shard_mesh::test(peers = 0..2, latency = "1ms..5ms", exhaustive = 1)]
#[ignore = "fails: `the_loss_that_matters_is_named_and_printed` runs it"]
async fn needs_the_fourth(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    for n in 1..=6 {
        a.send_segment(ShardId(1), n).await.unwrap();
    }
    sleep(ms(10)).await;
    let got: Vec<_> = std::iter::from_fn(|| b.try_recv_segment().ok()).collect();
    assert!(got.contains(&4), "the fourth is lost at {} ms", mesh.seed());
}

#[test]
fn the_loss_that_matters_is_named_and_printed() {
    let output = child("needs_the_fourth", &[]);
    let page = text(&output);
    assert!(!output.status.success(), "{page}");
    for line in [
        "failed at 10ms with seed 0, case 4: the loss of segment 4 of 0 -> 1\n",
        "\nreplay  reproduced: 5 reruns ",
        "\nshrunk  1 of 1 decisions is enough to fail in the same place (",
        "(0, 1, 4) => Verdict::Drop, // 4\n",
        "\nbelow   the smallest run, in which the mesh draws nothing else; it fails at 10ms\n",
    ] {
        assert!(page.contains(line), "no {line:?} in\n{page}");
    }
}

/// It needs the third to be slow, and the fourth to be lost.
#[shard_mesh::test(peers = 0..2, latency = "1ms..5ms", exhaustive = 1)]
#[ignore = "fails: `latencies_that_matter_are_kept` runs it"]
async fn needs_a_slow_one(a: Endpoint<u64>, b: Endpoint<u64>) {
    for n in 1..=8 {
        a.send_segment(ShardId(1), n).await.unwrap();
        sleep(ms(5)).await;
    }
    let mut at = Vec::new();
    let began = tokio::time::Instant::now();
    a.send_segment(ShardId(1), 9).await.unwrap();
    while let Ok(Some(n)) = timeout(ms(10), b.recv_segment()).await {
        at.push((n, began.elapsed()));
    }
    let is_slow = at.iter().any(|(n, at)| *n == 9 && *at >= ms(2));
    let has_fourth = at.iter().any(|(n, _)| *n == 4);
    assert!(
        has_fourth || !is_slow,
        "the fourth is lost, and the ninth slow"
    );
}

#[test]
fn latencies_that_matter_are_kept() {
    // The first few seeds with which the ninth is slow.
    let pages = (0..6).map(|seed| {
        text(&child(
            "needs_a_slow_one",
            &[("SHARD_MESH_SEED", &seed.to_string())],
        ))
    });
    let page = pages
        .into_iter()
        .find(|it| it.contains("shrunk  "))
        .expect("one of them is slow");
    for line in [
        "case 4: the loss of segment 4 of 0 -> 1\n",
        "as a test of its own: without `exhaustive`, keep the range of latencies, with `seed = ",
        "(0, 1, 4) => Verdict::Drop,",
    ] {
        assert!(page.contains(line), "no {line:?} in\n{page}");
    }
}

/// Acknowledges before it syncs.
async fn hasty(at: Endpoint<u64>, log: Disk<Vec<u64>>) {
    while let Some((from, n)) = at.recv_segment_from().await {
        if !log.read(|log| log.contains(&n)) {
            log.write(|log| log.push(n));
        }
        let _ = at.try_send_segment(from, n);
        log.sync().await;
    }
}

#[shard_mesh::test(peers = [0], clients = [9], latency = "1ms", exhaustive = 1)]
#[ignore = "fails: `a_crash_that_loses_a_write_is_found_in_one_run` runs it"]
async fn acknowledges_early(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    let log = mesh.disk(0, Vec::new()).latency(ms(2));
    let disk = log.clone();
    mesh.host(server, move |at| hasty(at, disk.clone()));
    for n in 0..3 {
        loop {
            let _ = client.try_send_segment(ShardId(0), n);
            let acknowledged = async { while client.recv_segment().await != Some(n) {} };
            if timeout(ms(20), acknowledged).await.is_ok() {
                break;
            }
        }
    }
    mesh.calm().await;
    let kept = log.read(Vec::clone);
    assert_eq!(kept, [0, 1, 2], "an acknowledged write is lost");
}

#[test]
fn a_crash_that_loses_a_write_is_found_in_one_run() {
    let output = child("acknowledges_early", &[]);
    let page = text(&output);
    assert!(!output.status.success(), "{page}");
    for line in [
        // A boot, three segments received, three sent, three writes, and two syncs: the last goes on at the end.
        "`acknowledges_early`: 18 single faults to try, of which 6 are losses and 12 crashes\n",
        "of the crashes found unsynced writes, and are tried once more, without these\n",
        ", which loses all unsynced writes\n",
        "\nshrunk  1 of 1 decisions is enough to fail in the same place (",
        ".crash(0)",
        ".keeping(0)",
    ] {
        assert!(page.contains(line), "no {line:?} in\n{page}");
    }
    let readme = include_str!("../../README.md");
    let told = page.lines().filter(|it| it.starts_with("shard-mesh: `"));
    for line in told {
        assert!(readme.contains(line), "put this into the README:\n{line}");
    }
}

/// Faults of chance in its body strike nothing, which is not held against it.
#[shard_mesh::test(peers = 0..2, exhaustive = 1)]
async fn nothing_else_is_drawn(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.all().loss(0.5);
    mesh.sometimes(false, "it never holds");
    for n in 0..50 {
        a.send_segment(ShardId(1), n).await.unwrap();
    }
    let got = std::iter::from_fn(|| b.try_recv_segment().ok()).count();
    assert!(got >= 49, "{got} of 50");
}

#[shard_mesh::test(peers = 0..2, exhaustive = 1)]
#[ignore = "fails: `a_run_that_fails_without_any_fault_says_so` runs it"]
async fn fails_anyway(_a: Endpoint<u64>, _b: Endpoint<u64>) {
    panic!("anyway");
}

#[test]
fn a_run_that_fails_without_any_fault_says_so() {
    let page = text(&child("fails_anyway", &[]));
    assert!(
        page.contains("failed at 0s with seed 0, without any fault\n"),
        "{page}"
    );
}

#[shard_mesh::test(peers = 0..2, exhaustive = 1)]
#[should_panic(expected = "`exhaustive`: the run without any fault sends no segment")]
async fn a_run_without_anything_to_try_is_refused(_a: Endpoint<u64>, _b: Endpoint<u64>) {}

#[shard_mesh::test(peers = 0..2, exhaustive = 1)]
#[should_panic(expected = "of which ")]
async fn a_run_that_is_too_long_is_refused(a: Endpoint<u64>, b: Endpoint<u64>) {
    for n in 0..20_000 {
        a.send_segment(ShardId(1), n).await.unwrap();
        b.recv_segment().await;
    }
}

/// A harness that tries nothing.
fn runs(harness: Harness) {
    harness.run(|run| {
        let _factory = run.watch(InProcessTransportFactory::<u64>::new());
        Box::new(async {})
    });
}

#[test]
#[should_panic(expected = "`exhaustive` tries one fault at a time: give 1, and not 2")]
fn two_faults_are_refused() {
    runs(Harness::new("a", "b").exhaustive(2));
}

#[test]
#[should_panic(expected = "`exhaustive` tries every fault of one run, and goes with no seeds")]
fn a_sweep_of_every_fault_is_refused() {
    runs(Harness::new("a", "b").seeds(0..4).exhaustive(1));
}

#[test]
#[should_panic(expected = "and goes with no several threads")]
fn several_threads_are_refused() {
    runs(Harness::new("a", "b").multi_thread().exhaustive(1));
}

#[test]
#[should_panic(expected = "remove `exhaustive` or `pinned`")]
fn a_pinned_run_is_refused() {
    runs(Harness::new("a", "b").exhaustive(1).pinned());
}
