//! A sender that sends what is not acknowledged again, but no more than five times. The smallest set is
//! that nothing arrives for longer than that.

use shard_mesh::{Endpoint, Mesh, Moment, ShardId, ms};
use tokio::time::timeout;

async fn receiver(at: Endpoint<u64>) {
    while let Some((from, n)) = at.recv_segment_from().await {
        let _ = at.try_send_segment(from, n);
    }
}

pub(crate) async fn body(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.host(b, receiver);
    let mut missing = Vec::new();
    for n in 0..50 {
        let mut acknowledged = false;
        // Planted: there is to be no end of it.
        for _ in 0..5 {
            let _ = a.try_send_segment(ShardId(1), n);
            // Those of earlier ones may come late.
            let answer = async { while a.recv_segment().await != Some(n) {} };
            if timeout(ms(10), answer).await.is_ok() {
                acknowledged = true;
                break;
            }
        }
        if !acknowledged {
            missing.push(n);
        }
    }
    assert!(missing.is_empty(), "it gave up");
}

#[shard_mesh::test(peers = 0..2, chaos = [one_way, lossy], latency = "1ms", seeds = 9..1000)]
#[ignore = "fails: `it_is_found_and_shrunk` runs it"]
async fn found(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    body(a, b, mesh).await;
}

#[shard_mesh::test(peers = 0..2, latency = "1ms", pinned)]
#[ignore = "fails: `it_is_found_and_shrunk` runs it"]
async fn pasted(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.after(Moment::sent(0, 1, 2))
        .link(0, 1)
        .cut()
        .lasting(ms(45));
    body(a, b, mesh).await;
}

#[test]
fn it_is_found_and_shrunk() {
    crate::check::check(
        "window_that_gives_up",
        include_str!("window_that_gives_up.rs"),
        "1 of ",
    );
}
