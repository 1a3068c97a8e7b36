//! The column "a receiver that waits".

use shard_mesh::{Endpoint, Mesh};
use tokio::time::Instant;

use crate::support::{drain, ms, run_all, send, waiting_receiver};

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_waits_on_when_its_link_is_cut(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    let cut = mesh.link(0, 1).cut();
    send(&a, [1]);
    run_all().await;
    assert!(!waiting.is_finished());
    cut.heal();
    send(&a, [2]);
    assert_eq!(waiting.await.unwrap(), Some(2));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_waits_on_when_its_link_is_held(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    let hold = mesh.link(0, 1).hold();
    send(&a, [1]);
    run_all().await;
    assert!(!waiting.is_finished());
    hold.heal();
    assert_eq!(waiting.await.unwrap(), Some(1));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_is_woken_when_a_slow_segment_arrives(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    let began = Instant::now();
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    assert_eq!(waiting.await.unwrap(), Some(1));
    assert_eq!(began.elapsed(), ms(10));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_waits_on_when_a_segment_is_lost(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    let loss = mesh.link(0, 1).loss(1.0);
    send(&a, [1]);
    run_all().await;
    assert!(!waiting.is_finished());
    loss.heal();
    send(&a, [2]);
    assert_eq!(waiting.await.unwrap(), Some(2));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn two_receivers_that_wait_receive_the_segment_and_its_copy(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    let other = waiting_receiver(&b).await;
    mesh.link(0, 1).duplicate(1.0);
    send(&a, [1]);
    assert_eq!(waiting.await.unwrap(), Some(1));
    assert_eq!(other.await.unwrap(), Some(1));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_waits_on_until_a_reordered_segment_is_overtaken_or_nothing_else_can_happen(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    let began = Instant::now();
    mesh.link(0, 1).reorder(1.0);
    send(&a, [1]);
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(waiting.await.unwrap(), Some(1));
    assert_eq!(began.elapsed(), ms(0));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_is_woken_when_a_rated_segment_arrives(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    let began = Instant::now();
    mesh.link(0, 1).rate(100.0);
    send(&a, [1]);
    assert_eq!(waiting.await.unwrap(), Some(1));
    assert_eq!(began.elapsed(), ms(10));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_waits_on_when_the_sender_crashes(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    mesh.crash(0);
    drop(a);
    run_all().await;
    assert!(!waiting.is_finished());
    let a = mesh.restart(0);
    send(&a, [1]);
    assert_eq!(waiting.await.unwrap(), Some(1));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_that_waits_gets_none_when_it_crashes(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    mesh.crash(1);
    drop(a);
    assert_eq!(waiting.await.unwrap(), None);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_waits_on_while_it_is_paused(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    mesh.pause(1);
    send(&a, [1]);
    run_all().await;
    assert!(!waiting.is_finished());
    mesh.resume(1);
    assert_eq!(waiting.await.unwrap(), Some(1));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_receiver_that_waits_gets_none_though_it_is_back_at_once(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&b).await;
    mesh.crash(1);
    let back = mesh.restart(1);
    send(&a, [1]);
    assert_eq!(waiting.await.unwrap(), None);
    assert_eq!(drain(&back), [1]);
}
