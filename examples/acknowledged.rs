//! A store that acknowledges a write when it is on the disk, under chaos; and one that acknowledges too
//! early, which the same test catches.
//!
//! Learn from it: a node that boots again after each crash (`mesh.host`), a disk of which a crash loses
//! what was not synced (`mesh.disk`), faults that come and go by the seed (`chaos`), the moment after
//! which all must be well (`mesh.calm`), and every single fault in place of a sample (`exhaustive`).
//! The test has no schedule of its own, and knows none of the time-outs of the store.
//!
//! `cargo run --example acknowledged` writes through a crash; `cargo test --example acknowledged --
//! --ignored` runs the test that fails, and says with which crash.

use std::time::Duration;

use shard_mesh::{Disk, Endpoint, Mesh, Moment, ShardId, ms};
use tokio::time::timeout;

/// How long the client waits for an answer, before it asks again.
const PATIENCE: Duration = ms(20);

/// When a node says that a write is safe.
#[derive(Clone, Copy)]
enum Acknowledges {
    Synced,
    Written,
}

/// The store: a log on a disk. A write that comes again is known by its number.
async fn store(at: Endpoint<u64>, log: Disk<Vec<u64>>, when: Acknowledges) {
    while let Some((client, n)) = at.recv_segment_from().await {
        if !log.read(|log| log.contains(&n)) {
            log.write(|log| log.push(n));
        }
        // A client that is cut off or slow must not hold the store up, and asks again.
        if let Acknowledges::Written = when {
            let _ = at.try_send_segment(client, n);
        }
        log.sync().await;
        if let Acknowledges::Synced = when {
            let _ = at.try_send_segment(client, n);
        }
    }
}

/// Writes `n` until the store `to` says that it is safe.
async fn write(client: &Endpoint<u64>, to: u64, n: u64) {
    loop {
        let _ = client.try_send_segment(ShardId(to), n);
        // Answers to what was asked before may come first, as often as it was asked.
        let answer = async { while client.recv_segment().await != Some(n) {} };
        if timeout(PATIENCE, answer).await.is_ok() {
            return;
        }
    }
}

/// Writes through whatever happens; in the end the store has what it said was safe.
#[cfg(test)]
async fn no_acknowledged_write_is_lost(
    (server, client): (Endpoint<u64>, Endpoint<u64>),
    mesh: &Mesh<u64>,
    when: Acknowledges,
) {
    let log = mesh.disk(0, Vec::new()).latency(ms(2));
    let disk = log.clone();
    mesh.host(server, move |at| store(at, disk.clone(), when));
    let mut acknowledged = Vec::new();
    let mut turns = tokio::time::interval(ms(25));
    for n in 0..40 {
        turns.tick().await;
        write(&client, 0, n).await;
        acknowledged.push(n);
    }
    mesh.calm().await;
    let kept = log.read(Vec::clone);
    let lost = acknowledged.iter().find(|n| !kept.contains(n));
    assert!(lost.is_none(), "an acknowledged write is lost");
}

#[shard_mesh::test(peers = [0], clients = [9], chaos, latency = "1ms", seeds = 0..200)]
async fn the_store_keeps_what_it_acknowledges(
    server: Endpoint<u64>,
    client: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    no_acknowledged_write_is_lost((server, client), &mesh, Acknowledges::Synced).await;
}

#[shard_mesh::test(peers = [0], clients = [9], chaos = [partition, crash], latency = "1ms", seeds = 0..500)]
#[should_panic(expected = "an acknowledged write is lost")]
async fn the_sweep_catches_the_early_one(
    server: Endpoint<u64>,
    client: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    no_acknowledged_write_is_lost((server, client), &mesh, Acknowledges::Written).await;
}

// The same, as it fails.
#[shard_mesh::test(peers = [0], clients = [9], chaos = [partition, crash], latency = "1ms", seeds = 0..500)]
#[ignore = "fails, to show its report"]
async fn the_early_one_loses_writes(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    no_acknowledged_write_is_lost((server, client), &mesh, Acknowledges::Written).await;
}

// What its report says to paste.
#[shard_mesh::test(peers = [0], clients = [9], latency = "1ms", pinned)]
#[should_panic(expected = "an acknowledged write is lost")]
async fn one_crash_is_enough(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.after(Moment::sent(0, 9, 31))
        .crash(0)
        .lasting(ms(1))
        .keeping(0)
        .in_flight_arrives();
    no_acknowledged_write_is_lost((server, client), &mesh, Acknowledges::Written).await;
}

// A sweep is a sample. This is the loss of each segment, and a crash after each event of the store.
#[shard_mesh::test(peers = [0], clients = [9], latency = "1ms", exhaustive = 1)]
async fn no_single_fault_loses_an_acknowledged_write(
    server: Endpoint<u64>,
    client: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    no_acknowledged_write_is_lost((server, client), &mesh, Acknowledges::Synced).await;
}

#[shard_mesh::test(peers = [0], clients = [9], latency = "1ms", exhaustive = 1)]
#[should_panic(expected = "an acknowledged write is lost")]
async fn a_single_crash_catches_the_early_one(
    server: Endpoint<u64>,
    client: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    no_acknowledged_write_is_lost((server, client), &mesh, Acknowledges::Written).await;
}

#[shard_mesh::shard_mesh(peers = [0, 1], clients = [9], latency = "1ms")]
async fn main(stores: [Endpoint<u64>; 2], client: Endpoint<u64>, mesh: Mesh<u64>) {
    let mut logs = Vec::new();
    for (at, when) in stores
        .into_iter()
        .zip([Acknowledges::Synced, Acknowledges::Written])
    {
        let log = mesh.disk(&at, Vec::new()).latency(ms(2));
        logs.push(log.clone());
        mesh.host(at, move |at| store(at, log.clone(), when));
    }
    for (to, log) in (0..).zip(&logs) {
        // A crash right after the store has sent its third answer.
        mesh.after(Moment::sent(to, 9, 3))
            .crash(to)
            .lasting(ms(1))
            .keeping(0)
            .in_flight_arrives();
        for n in 0..4 {
            write(&client, to, n).await;
        }
        println!(
            "store {to} has acknowledged [0, 1, 2, 3], and has {:?}",
            log.read(Vec::clone)
        );
    }
}
