//! A shard crashes as a machine that loses power, and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use shard_mesh::{Endpoint, Mesh, TransportError, TryRecvError, TrySendError};

use crate::support::{A, B, drain, ms, run_all, send, send_to, waiting_receiver, waiting_sender};

/// Tells when it is dropped.
struct Tell(Arc<AtomicBool>);

impl Drop for Tell {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[shard_mesh::test(peers = 0..2)]
async fn an_old_endpoint_is_dead_for_good(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.crash(1);
    let new = mesh.restart(1);
    send(&a, [1]);
    assert_eq!(b.recv_segment().await, None);
    assert_eq!(b.try_recv_segment(), Err(TryRecvError::Closed));
    assert_eq!(b.send_segment(A, 7).await, Err(TransportError::Closed));
    assert_eq!(b.try_send_segment(A, 7), Err(TrySendError::Closed(7)));
    assert_eq!(drain(&new), [1]);
}

#[shard_mesh::test(peers = 0..2)]
async fn an_old_endpoint_that_is_dropped_later_does_not_touch_the_new_one(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.crash(1);
    let new = mesh.restart(1);
    drop(b);
    send(&a, [1]);
    assert_eq!(drain(&new), [1]);
    send_to(&new, A, [2]);
    assert_eq!(drain(&a), [2]);
}

#[shard_mesh::test(peers = 0..2)]
async fn segment_numbers_go_on(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    send_to(&b, A, [1, 2]);
    mesh.crash(1);
    let b = mesh.restart(1);
    let _rule = mesh.rule(|m| {
        *m.payload = m.number;
        shard_mesh::Verdict::Deliver
    });
    send_to(&b, A, [0]);
    assert_eq!(drain(&a), [1, 2, 3]);
}

#[shard_mesh::test(peers = 0..3)]
async fn peers_wait_on_and_others_are_not_touched(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let waiting = waiting_receiver(&a).await;
    mesh.crash(1);
    run_all().await;
    assert!(!waiting.is_finished());
    send_to(&c, A, [3]);
    assert_eq!(waiting.await.unwrap(), Some(3));
    assert_eq!(b.recv_segment().await, None);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_peer_that_crashed_and_was_dropped_has_not_closed_its_links(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.crash(0);
    drop(a);
    let waiting = waiting_receiver(&b).await;
    run_all().await;
    assert!(!waiting.is_finished());
    assert_eq!(mesh.links(), [(A, B)]);
    send(&mesh.restart(0), [1]);
    assert_eq!(waiting.await.unwrap(), Some(1));
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_cut_link_swallows_what_is_sent_to_a_crashed_shard(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.crash(1);
    mesh.link(0, 1).cut();
    assert_eq!(a.send_segment(B, 1).await, Ok(()));
    mesh.heal();
    assert_eq!(a.send_segment(B, 2).await, Err(TransportError::Closed));
    drop(b);
    assert_eq!(drain(&mesh.restart(1)), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn what_was_held_for_a_crashed_shard_or_from_one_is_lost(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let link = mesh.link(0, 1);
    link.hold();
    for victim in [0, 1] {
        let sender = if victim == 0 {
            a.clone()
        } else {
            mesh.restart(0)
        };
        send(&sender, [1]);
        mesh.crash(victim);
        assert_eq!(mesh.stats().link(0, 1).held, 0);
    }
    drop(b);
    link.release();
    assert_eq!(drain(&mesh.restart(1)), []);
    assert_eq!(mesh.stats().link(0, 1).dropped, 2);
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn a_crash_gives_the_room_back(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).latency(ms(10));
    send(&a, [1]);
    let waiting = waiting_sender(&a, 2).await;
    mesh.crash(0);
    assert_eq!(waiting.await.unwrap(), Err(TransportError::Closed));
    let a = mesh.restart(0);
    send(&a, [3]);
    assert_eq!(b.recv_segment().await, Some(3));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn faults_outlive_a_crash(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let cut = mesh.link(0, 1).cut();
    mesh.crash(0);
    drop(a);
    let a = mesh.restart(0);
    send(&a, [1]);
    assert_eq!(drain(&b), []);
    cut.heal();
    send(&a, [2]);
    assert_eq!(drain(&b), [2]);
}

#[shard_mesh::test(peers = 0..2)]
async fn tasks_are_dropped_before_the_crash_returns(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let dropped = Arc::new(AtomicBool::new(false));
    let tell = Tell(dropped.clone());
    let task = mesh.spawn(1, async move {
        let _tell = tell;
        while b.recv_segment().await.is_some() {}
    });
    run_all().await;
    mesh.crash(1);
    assert!(dropped.load(Ordering::SeqCst));
    assert_eq!(task.await.unwrap(), None);
    assert_eq!(a.send_segment(B, 1).await, Err(TransportError::Closed));
}

#[shard_mesh::test(peers = 0..2)]
async fn a_task_that_never_ran_is_dropped_too(
    _a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let dropped = Arc::new(AtomicBool::new(false));
    let tell = Tell(dropped.clone());
    mesh.spawn(1, async move {
        let _both = (tell, b);
        panic!("it ran");
    });
    mesh.crash(1);
    assert!(dropped.load(Ordering::SeqCst));
    run_all().await;
}

#[shard_mesh::test(peers = 0..2)]
async fn a_task_that_crashes_its_own_shard_ends_at_its_next_wait(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let after = Arc::new(AtomicBool::new(false));
    let reached = after.clone();
    let inner = mesh.clone();
    let task = mesh.spawn(1, async move {
        inner.crash(1);
        assert_eq!(b.send_segment(A, 1).await, Err(TransportError::Closed));
        tokio::task::yield_now().await;
        reached.store(true, Ordering::SeqCst);
    });
    assert_eq!(task.await.unwrap(), None);
    assert!(!after.load(Ordering::SeqCst));
    assert_eq!(drain(&a), []);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_task_that_crashes_its_own_shard_and_returns_was_not_done(
    _a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let inner = mesh.clone();
    let task = mesh.spawn(1, async move {
        let _b = b;
        inner.crash(1);
        7
    });
    assert_eq!(task.await.unwrap(), None);
}

#[shard_mesh::test(peers = 0..2)]
async fn tokios_own_tasks_survive(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let task = tokio::spawn(async move { b.recv_segment().await });
    run_all().await;
    mesh.crash(1);
    assert_eq!(task.await.unwrap(), None);
    drop(a);
}

#[shard_mesh::test(peers = 0..2)]
async fn new_tasks_belong_to_the_new_life(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.crash(1);
    drop(b);
    let b = mesh.restart(1);
    let task = mesh.spawn(1, async move { b.recv_segment().await });
    send(&a, [1]);
    assert_eq!(task.await.unwrap(), Some(Some(1)));
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "crash")]
async fn a_shard_that_did_not_crash_cannot_be_restarted(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let _ = mesh.restart(1);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "crash")]
async fn a_shard_whose_endpoint_was_dropped_did_not_crash(
    _a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    drop(b);
    let _ = mesh.restart(1);
}
