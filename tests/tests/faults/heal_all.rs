//! `heal_all` ends every fault on links.

use shard_mesh::{Endpoint, Mesh, Verdict};
use tokio::time::Instant;

use crate::support::{drain, ms, send, waiting_receiver};

#[shard_mesh::test(peers = 0..2, latency = "5ms", duplicate = 1.0, rate = 1)]
async fn no_fault_is_left_of_the_attribute_or_of_the_test(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let (link, began) = (mesh.link(0, 1), Instant::now());
    link.reorder(1.0).optional();
    send(&a, [0]);
    let cut = link.cut();
    let _rule = mesh.rule(|_| Verdict::Pass);
    send(&a, [1]);
    cut.heal();
    link.hold();
    send(&a, [2]);
    let _rule = mesh.rule(|_| Verdict::Hold);
    send(&a, [3]);
    mesh.isolate(1).optional();
    mesh.heal_all();
    send(&a, [4]);
    assert_eq!(drain(&b), [2, 3, 4]);
    assert_eq!(began.elapsed(), ms(0));
    let link = mesh.stats().link(0, 1);
    // With a copy of the first.
    assert_eq!((link.sent, link.dropped, link.duplicated), (5, 3, 1));
    mesh.heal_all();
}

#[shard_mesh::test(peers = 0..3)]
async fn crashes_pauses_and_clocks_stay(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.pause(1);
    mesh.crash(2);
    mesh.clock(0).ahead(ms(50));
    mesh.heal_all();
    let waiting = waiting_receiver(&b).await;
    send(&a, [1]);
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished(), "it is paused");
    assert!(c.try_recv_segment().is_err());
    assert!(mesh.clock(0).now() > mesh.clock(1).now());
    mesh.resume(1);
    assert_eq!(waiting.await.unwrap(), Some(1));
}
