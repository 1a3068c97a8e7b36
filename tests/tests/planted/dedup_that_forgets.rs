//! A server that knows which requests it has applied, in memory only. The smallest set is one crash after
//! a request was applied and before its answer is heard.

use shard_mesh::{Disk, Endpoint, Mesh, Moment, ShardId, ms};
use tokio::time::timeout;

async fn server(at: Endpoint<u64>, sum: Disk<u64>) {
    // Planted: this belongs on the disk, with the sum.
    let mut applied = Vec::new();
    while let Some((from, request)) = at.recv_segment_from().await {
        if !applied.contains(&request) {
            applied.push(request);
            sum.write(|sum| *sum += 1);
            sum.sync().await;
        }
        let _ = at.try_send_segment(from, request);
    }
}

pub(crate) async fn body(server_at: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    let sum = mesh.disk(0, 0).latency(ms(1));
    let disk = sum.clone();
    mesh.host(server_at, move |at| server(at, disk.clone()));
    let mut asked = 0;
    for request in 0..40 {
        asked += 1;
        loop {
            let _ = client.try_send_segment(ShardId(0), request);
            // Those to earlier requests may come late.
            let answer = async { while client.recv_segment().await != Some(request) {} };
            if timeout(ms(20), answer).await.is_ok() {
                break;
            }
        }
    }
    mesh.calm().await;
    assert!(sum.read(|sum| *sum == asked), "a request was applied twice");
}

#[shard_mesh::test(peers = [0], clients = [9], chaos = [crash, slow], latency = "1ms", seeds = 0..1000)]
#[ignore = "fails: `it_is_found_and_shrunk` runs it"]
async fn found(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    body(server, client, mesh).await;
}

#[shard_mesh::test(peers = [0], clients = [9], latency = "1ms", pinned)]
#[ignore = "fails: `it_is_found_and_shrunk` runs it"]
async fn pasted(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.after(Moment::sending(0, 9, 13))
        .crash(0)
        .lasting(ms(1))
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
    crate::check::check_every_crash("dedup_that_forgets");
}

#[test]
fn it_is_found_and_shrunk() {
    crate::check::check(
        "dedup_that_forgets",
        include_str!("dedup_that_forgets.rs"),
        "1 of ",
    );
}
