//! What the seeds of a sweep covered.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use shard_mesh::{Disk, Endpoint, Mesh, ShardId};
use tokio::time::sleep;

use crate::child::{child, says, text};
use crate::support::{Packet, ms, put, send};

const STATS: (&str, &str) = ("SHARD_MESH_STATS", "1");

/// Writes, and syncs only later.
async fn writes(at: Endpoint<Packet>, log: Disk<u64>) {
    let _ = at.try_send_segment(ShardId(1), Packet::Beat);
    loop {
        log.write(|log| *log += 1);
        sleep(ms(10)).await;
        log.sync().await;
        sleep(ms(10)).await;
    }
}

/// Its even seeds are struck by all of this, its odd ones by nothing.
async fn body(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    let [node, peer] = peers;
    let even = mesh.seed() % 2 == 0;
    mesh.link(1, 0).loss(1.0).optional();
    mesh.sometimes(even, "the seed is even");
    let log = mesh.disk(&node, 0);
    mesh.host(node, move |at| writes(at, log.clone()));
    sleep(ms(1)).await;
    if even {
        // Within the first 10 ms the write is not synced, and within the next it is.
        for then in [5, 12] {
            sleep(ms(then)).await;
            mesh.crash(0);
            mesh.restart(0);
            sleep(ms(1)).await;
        }
        mesh.crash(0);
        mesh.restart(0);
        send(&peer, 0, put("k", 1)).await;
    }
}

#[shard_mesh::test(peers = 0..2, seeds = 0..5)]
#[ignore = "`a_sweep_that_passes_tells_what_it_covered` runs it"]
async fn passes(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    body(peers, mesh).await;
}

#[shard_mesh::test(peers = 0..2, seeds = 0..5)]
#[ignore = "fails: `a_sweep_that_fails_tells_what_those_before_covered` runs it"]
async fn fails(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    let seed = mesh.seed();
    body(peers, mesh).await;
    assert_ne!(seed, 3, "it is the third");
}

#[test]
fn a_sweep_that_passes_tells_what_it_covered() {
    let output = child("coverage::passes", &[STATS]);
    assert!(output.status.success());
    let page = String::from_utf8(output.stderr).unwrap();
    // Of a restart at whose moment the test ends nothing is sent.
    let told = "\
shard-mesh: `coverage::passes`: 5 seeds passed, with 14 segments in 62ms of its clock
  loss of 1 struck 3 of 3 segments, in 3 of 5 seeds (tests/tests/report/coverage.rs:29)
  \"the seed is even\" held 3 of 5 times, in 3 of 5 seeds (tests/tests/report/coverage.rs:30)
  9 crashes, 6 of which found unsynced writes
  9 restarts, after 6 of which the shard sent again
";
    assert!(page.contains(told), "{page}");
    for silent in [&[][..], &[("SHARD_MESH_STATS", "0")]] {
        let page = text(&child("coverage::passes", silent));
        assert!(!page.contains("passed, with"), "{page}");
    }
}

#[test]
fn a_sweep_that_fails_tells_what_those_before_covered() {
    let page = text(&child("coverage::fails", &[]));
    let line = "swept   3 seeds before it passed: 6 crashes, 4 of which found unsynced writes; \
                6 restarts, after 4 of which the shard sent again";
    assert!(page.contains(line), "{page}");
    let page = text(&child("coverage::fails", &[STATS]));
    says(&page, &["swept   3 seeds passed, with "]);
    says(
        &page,
        &["\"the seed is even\" held 2 of 3 times, in 2 of 3 seeds"],
    );
}

/// Measures what its seed is, in several ways, but for the last.
#[shard_mesh::test(peers = 0..2, seeds = 0..6)]
#[ignore = "`what_is_measured_is_told_over_the_seeds` runs it"]
async fn measures(_peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    let seed = mesh.seed();
    if seed < 5 {
        mesh.measure("seed", 1000);
        mesh.measure("seed", -i64::try_from(seed).unwrap());
        mesh.measure("half", f64::from(u32::try_from(seed).unwrap()) / 2.0);
    }
    mesh.measure("time", ms(seed));
}

#[test]
fn what_is_measured_is_told_over_the_seeds() {
    let page = text(&child("coverage::measures", &[STATS]));
    for line in [
        "  \"half\": 0 at least, 1 in the median, 2 at most, 5 times in 6 seeds\n",
        "  \"seed\": -4 at least, -2 in the median, 0 at most, 5 times in 6 seeds\n",
        "  \"time\": 0ns at least, 2ms in the median, 5ms at most, 6 times in 6 seeds\n",
    ] {
        assert!(page.contains(line), "no {line} in\n{page}");
    }
}

#[test]
fn one_seed_is_told_of_too() {
    let page = text(&child(
        "coverage::passes",
        &[STATS, ("SHARD_MESH_SEED", "3")],
    ));
    says(
        &page,
        &["1 seed passed, with 1 segment in 1ms of its clock"],
    );
    says(
        &page,
        &["\"the seed is even\" held 0 of 1 times, in 0 of 1 seed "],
    );
}

#[test]
fn a_wish_that_is_not_understood_is_told_what_would_be() {
    let page = text(&child("coverage::passes", &[("SHARD_MESH_STATS", "yes")]));
    says(&page, &["SHARD_MESH_STATS is `yes`: set it to `1` or `0`"]);
}

/// Four nodes that say nothing but how many there are.
#[shard_mesh::test(peers = 0..4, chaos = [partition], seeds = 0..20)]
#[ignore = "`partitions_are_told_by_whether_they_leave_a_majority` runs it"]
async fn parted(peers: [Endpoint<Packet>; 4], mesh: Mesh<Packet>) {
    static BEATS: AtomicU64 = AtomicU64::new(0);
    for peer in peers {
        mesh.host(peer, async |at: Endpoint<Packet>| {
            loop {
                for to in (0..4).map(ShardId) {
                    let _ = at.try_send_segment(to, Packet::Beat);
                }
                BEATS.fetch_add(1, Ordering::Relaxed);
                sleep(ms(10)).await;
            }
        });
    }
    sleep(Duration::from_secs(5)).await;
    mesh.calm().await;
}

#[test]
fn partitions_are_told_by_whether_they_leave_a_majority() {
    let page = text(&child("coverage::parted", &[STATS]));
    let line = page
        .lines()
        .find(|it| it.contains("partitions of all nodes"))
        .expect(&page);
    let numbers: Vec<u64> = line
        .split_whitespace()
        .filter_map(|it| it.parse().ok())
        .collect();
    let [all, with_majority] = numbers[..] else {
        panic!("other numbers than two: {line}");
    };
    assert!(0 < with_majority && with_majority < all, "{line}");
    says(&page, &["chaos of the kind `partition`: ", " of 20 seeds"]);
}
