//! A server that acknowledges a write before it has synced it. The smallest set is one crash between the
//! two, which keeps nothing.

use shard_mesh::{Disk, Endpoint, Mesh, Moment, ShardId, ms};
use tokio::time::timeout;

async fn server(at: Endpoint<u64>, log: Disk<Vec<u64>>) {
    while let Some((from, n)) = at.recv_segment_from().await {
        if !log.read(|log| log.contains(&n)) {
            log.write(|log| log.push(n));
        }
        // Planted: these two lines are the other way round.
        let _ = at.try_send_segment(from, n);
        log.sync().await;
    }
}

/// Writes, each until it is acknowledged; all that is must be there in the end.
pub(crate) async fn body(server_at: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    let log = mesh.disk(0, Vec::new()).latency(ms(2));
    let disk = log.clone();
    mesh.host(server_at, move |at| server(at, disk.clone()));
    let mut acknowledged = Vec::new();
    // At fixed times, so that one crash less does not shift what comes after it.
    let mut turns = tokio::time::interval(ms(25));
    for n in 0..40 {
        loop {
            turns.tick().await;
            let _ = client.try_send_segment(ShardId(0), n);
            // Those to earlier writes may come late.
            let answer = async { while client.recv_segment().await != Some(n) {} };
            if timeout(ms(20), answer).await.is_ok() {
                break;
            }
        }
        acknowledged.push(n);
    }
    mesh.calm().await;
    let kept = log.read(Vec::clone);
    let lost = acknowledged.iter().find(|n| !kept.contains(n));
    assert!(lost.is_none(), "an acknowledged write is lost");
}

#[shard_mesh::test(peers = [0], clients = [9], chaos = [partition, crash], latency = "1ms", seeds = 4..1000)]
#[ignore = "fails: `it_is_found_and_shrunk` runs it"]
async fn found(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    body(server, client, mesh).await;
}

#[shard_mesh::test(peers = [0], clients = [9], latency = "1ms", pinned)]
#[ignore = "fails: `it_is_found_and_shrunk` runs it"]
async fn pasted(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.after(Moment::sent(0, 9, 17))
        .crash(0)
        .lasting(ms(1))
        .keeping(0)
        .in_flight_arrives();
    body(server, client, mesh).await;
}

#[shard_mesh::test(peers = [0], clients = [9], latency = "1ms", exhaustive = 1)]
#[ignore = "fails: `a_crash_at_every_event_finds_it` runs it"]
async fn every_crash(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    body(server, client, mesh).await;
}

#[test]
fn a_crash_at_every_event_finds_it() {
    crate::check::check_every_crash("ack_before_sync");
}

#[test]
fn it_is_found_and_shrunk() {
    crate::check::check(
        "ack_before_sync",
        include_str!("ack_before_sync.rs"),
        "1 of ",
    );
}
