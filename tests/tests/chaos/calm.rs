//! `mesh.calm`: what it ends, what it leaves, and what the test takes over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use shard_mesh::{Endpoint, Kind, Mesh, ShardId, TransportError, ms};
use tokio::time::{Instant, sleep, timeout};

async fn echo(at: Endpoint<u64>) {
    while let Some((from, n)) = at.recv_segment_from().await {
        let _ = at.try_send_segment(from, n);
    }
}

async fn answers(client: &Endpoint<u64>, to: u64) -> bool {
    let asked = 100 + to;
    let _ = client.send_segment(ShardId(to), asked).await;
    let answer = async {
        // Behind answers to what was asked before.
        while client.recv_segment().await != Some(asked) {}
    };
    timeout(ms(500), answer).await.is_ok()
}

#[shard_mesh::test(peers = 0..4, clients = [10], chaos, seeds = 0..64)]
async fn all_is_well_after_it(peers: [Endpoint<u64>; 4], client: Endpoint<u64>, mesh: Mesh<u64>) {
    for peer in peers {
        mesh.host(peer, echo);
    }
    for _ in 0..mesh.pick("rounds", 1..200) {
        for to in 0..4 {
            let _ = client.try_send_segment(ShardId(to), 1);
        }
        sleep(ms(11)).await;
    }
    mesh.calm().await;
    for to in 0..4 {
        assert!(answers(&client, to).await, "{to}");
        assert_eq!(mesh.clock(to).now(), mesh.clock(10).now());
    }
    // And stays so.
    let events = mesh.timeline().events().len();
    sleep(Duration::from_secs(25)).await;
    assert_eq!(mesh.timeline().events().len(), events);
}

#[shard_mesh::test(peers = 0..4, seeds = 0..16)]
async fn what_the_test_asked_for_stays(peers: [Endpoint<u64>; 4], mesh: Mesh<u64>) {
    let [client, nodes @ ..] = peers;
    for node in nodes {
        mesh.host(node, echo);
    }
    mesh.chaos().all_kinds().every(ms(5)).lasting(ms(50));
    let cut = mesh.link(0, 1).cut().optional();
    mesh.clock(2).ahead(ms(70));
    mesh.pause(2);
    // Chaos may have it down, and then it is the test's.
    sleep(ms(200)).await;
    mesh.crash(3);
    sleep(ms(200)).await;
    mesh.calm().await;
    let closed = client.send_segment(ShardId(3), 1).await;
    assert_eq!(closed, Err(TransportError::Closed));
    assert!(!answers(&client, 1).await, "it is cut");
    assert!(!answers(&client, 2).await, "it is paused");
    let ahead = mesh.clock(2).now().duration_since(mesh.clock(0).now());
    assert_eq!(ahead.unwrap(), ms(70));
    cut.heal();
    mesh.resume(2);
    mesh.restart(3);
    sleep(ms(1)).await;
    while client.try_recv_segment().is_ok() {}
    for to in 1..4 {
        assert!(answers(&client, to).await, "{to}");
    }
}

#[shard_mesh::test(peers = 0..2)]
async fn a_restart_by_the_test_ends_the_crash(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.host(b, echo);
    mesh.at(ms(5)).crash(1).lasting(ms(100));
    mesh.at(ms(200)).crash(1).lasting(ms(100));
    sleep(ms(10)).await;
    mesh.restart(1);
    assert!(answers(&a, 1).await);
    sleep(ms(200)).await;
    assert_eq!(
        a.send_segment(ShardId(1), 1).await,
        Err(TransportError::Closed)
    );
    sleep(ms(100)).await;
    assert!(answers(&a, 1).await);
}

#[shard_mesh::test(peers = 0..2)]
async fn what_was_crashed_by_both_is_the_tests(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.host(b, echo);
    mesh.at(ms(5)).crash(1).lasting(ms(100));
    sleep(ms(10)).await;
    mesh.crash(1);
    sleep(ms(200)).await;
    assert_eq!(
        a.send_segment(ShardId(1), 1).await,
        Err(TransportError::Closed)
    );
    mesh.restart(1);
    assert!(answers(&a, 1).await);
}

#[shard_mesh::test(peers = 0..2)]
async fn what_is_paused_by_both_goes_on_after_both(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.host(b, echo);
    mesh.at(ms(5)).pause(1).lasting(ms(50));
    sleep(ms(10)).await;
    mesh.pause(1);
    sleep(ms(60)).await;
    a.send_segment(ShardId(1), 7).await.unwrap();
    assert!(
        timeout(ms(50), a.recv_segment()).await.is_err(),
        "the test has it paused"
    );
    mesh.resume(1);
    assert_eq!(a.recv_segment().await, Some(7));
}

#[shard_mesh::test(peers = 0..2, latency = "3ms")]
async fn what_was_slowed_arrives_as_its_link_has_it(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.chaos()
        .kinds([Kind::Slow])
        .every(ms(1))
        .lasting(ms(5_000));
    // Chaos draws at least two milliseconds, and up to a second; here it is long.
    for n in 0..200 {
        a.send_segment(ShardId(1), n).await.unwrap();
        sleep(ms(10)).await;
        if mesh.stats().link(0, 1).in_flight > 4 {
            let before = Instant::now();
            mesh.calm().await;
            for expected in 0..=n {
                assert_eq!(b.recv_segment().await, Some(expected));
            }
            assert!(before.elapsed() <= ms(3), "{:?}", before.elapsed());
            return;
        }
    }
    panic!("nothing was slowed");
}

#[shard_mesh::test(peers = 0..3)]
async fn it_waits_until_the_nodes_are_back(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let polled = Arc::new(AtomicU64::new(0));
    let [_client, nodes @ ..] = peers;
    for node in nodes {
        let polled = polled.clone();
        mesh.host(node, move |at| {
            let polled = polled.clone();
            async move {
                polled.fetch_add(1, Ordering::Relaxed);
                echo(at).await;
            }
        });
    }
    mesh.at(ms(5)).crash(1);
    mesh.at(ms(5)).crash(2);
    mesh.at(ms(10)).crash(2).optional();
    sleep(ms(7)).await;
    assert_eq!(polled.load(Ordering::Relaxed), 2);
    mesh.calm().await;
    assert_eq!(polled.load(Ordering::Relaxed), 4);
    sleep(ms(10)).await;
    assert_eq!(
        polled.load(Ordering::Relaxed),
        4,
        "what was planned is cancelled"
    );
}
