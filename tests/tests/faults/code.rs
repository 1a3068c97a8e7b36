//! Code of the test that runs while the mesh works: rules, and the `Clone` and `Drop` of payloads. Each
//! test is a defect that there was.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::Duration;

use shard_mesh::{Endpoint, InProcessTransportFactory, Mesh, ShardId, TryRecvError, Verdict};

use crate::support::{A, B, drain, ms, send, without_harness};

fn pair<P: std::fmt::Debug + Send + 'static>(
    capacity: usize,
) -> (Endpoint<P>, Endpoint<P>, Mesh<P>) {
    let factory = InProcessTransportFactory::new().with_capacity(capacity);
    let (a, b) = (factory.create(A), factory.create(B));
    factory.connect(A, B);
    (a, b, factory.mesh())
}

#[shard_mesh::test(peers = 0..2, timeout = "10s")]
async fn the_last_segment_that_a_rule_reorders_arrives(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let _rule = mesh.rule(|m| match m.number {
        1 => Verdict::Reorder(3),
        _ => Verdict::Pass,
    });
    a.send_segment(B, 1).await.unwrap();
    assert_eq!(b.recv_segment().await, Some(1));
    mesh.settle().await;
}

#[shard_mesh::test(peers = 0..2, timeout = "10s")]
async fn a_segment_that_a_rule_reorders_is_overtaken_by_the_few_that_there_are(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.all().latency(ms(2));
    let _rule = mesh.rule(|m| match m.number {
        1 => Verdict::Reorder(3),
        _ => Verdict::Pass,
    });
    send(&a, [1, 2]);
    drop(a);
    let came = [b.recv_segment().await, b.recv_segment().await];
    assert_eq!(came, [Some(2), Some(1)]);
    assert_eq!(b.recv_segment().await, None);
}

#[test]
fn without_a_harness_the_last_segment_that_a_rule_reorders_arrives() {
    without_harness(async {
        let (a, b, mesh) = pair(4);
        let _rule = mesh.rule(|_| Verdict::Reorder(1));
        send(&a, [1]);
        assert_eq!(b.recv_segment().await, Some(1));
    });
}

#[shard_mesh::test(peers = 0..2)]
async fn a_rule_that_ends_itself_holds_nothing(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let guard = Arc::new(Mutex::new(None));
    let own = guard.clone();
    let rule = mesh.rule(move |_| {
        drop(own.lock().unwrap().take());
        Verdict::Hold
    });
    *guard.lock().unwrap() = Some(rule);
    send(&a, [1, 2]);
    assert_eq!(drain(&b), [1, 2]);
    assert_eq!(mesh.stats().link(0, 1).held, 0);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_rule_that_is_healed_lets_go_and_is_asked_no_more(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let rule = mesh.rule(|_| Verdict::Hold);
    send(&a, [1]);
    rule.heal();
    send(&a, [2]);
    assert_eq!(drain(&b), [1, 2]);
    rule.heal();
    drop(rule);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_rule_may_make_a_rule_which_is_asked_from_the_next_segment_on(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let (inner, made) = (mesh.clone(), Arc::new(Mutex::new(Vec::new())));
    let kept = made.clone();
    let _rule = mesh.rule(move |m| {
        if m.number == 2 {
            kept.lock().unwrap().push(inner.rule(|_| Verdict::Drop));
        }
        Verdict::Pass
    });
    send(&a, [1, 2, 3]);
    assert_eq!(drain(&b), [1, 2]);
    made.lock().unwrap().clear();
    send(&a, [4]);
    assert_eq!(drain(&b), [4]);
}

/// What a rule owns is dropped with its guard, though another segment is asked about at that moment.
#[shard_mesh::test(peers = 0..2)]
async fn a_rule_that_ends_may_own_the_last_endpoint(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let guard = Arc::new(Mutex::new(None));
    let own = guard.clone();
    let rule = mesh.rule(move |_| {
        assert_eq!(b.local_shard(), B);
        drop(own.lock().unwrap().take());
        Verdict::Pass
    });
    *guard.lock().unwrap() = Some(rule);
    send(&a, [1]);
    assert!(a.try_send_segment(B, 2).is_err(), "its receiver went");
}

#[shard_mesh::test(peers = 0..2)]
async fn what_is_delivered_arrives_though_the_rule_crashed_its_sender(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let crasher = mesh.clone();
    let _rule = mesh.rule(move |m| {
        crasher.crash(m.from);
        Verdict::Deliver
    });
    assert_eq!(a.send_segment(B, 1).await, Ok(()));
    assert_eq!(b.try_recv_segment(), Ok(1));
    assert!(a.try_send_segment(B, 2).is_err());
    // Not to a receiver that the rule crashed.
    let a = mesh.restart(0);
    let crasher = mesh.clone();
    let _rule = mesh.rule(move |m| {
        crasher.crash(m.to);
        drop(crasher.restart(m.to));
        Verdict::Deliver
    });
    assert_eq!(a.send_segment(B, 3).await, Ok(()));
    let link = mesh.stats().link(0, 1);
    assert_eq!((link.sent, link.delivered, link.dropped), (2, 1, 1));
}

/// Fails, where a deadlock would never end.
fn ends<R: Send + 'static>(act: impl FnOnce() -> R + Send + 'static) -> R {
    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || done.send(act()));
    let ended = ended.recv_timeout(Duration::from_secs(60));
    ended.expect("this is a deadlock")
}

#[test]
fn two_rules_on_two_threads_that_send_on_each_others_mesh_do_not_wait_for_each_other() {
    let meshes = [pair(4), pair(4)];
    let both_are_asked = Arc::new(Barrier::new(2));
    let other = |mesh: usize| meshes[1 - mesh].0.clone();
    let rules: Vec<_> = (0..2)
        .map(|mesh| {
            let (other, barrier) = (other(mesh), both_are_asked.clone());
            meshes[mesh].2.rule(move |m| {
                if *m.payload == 1 {
                    barrier.wait();
                    other.try_send_segment(B, 2).unwrap();
                }
                Verdict::Pass
            })
        })
        .collect();
    let senders = meshes.each_ref().map(|mesh| mesh.0.clone());
    ends(move || {
        std::thread::scope(|scope| {
            for sender in &senders {
                scope.spawn(move || sender.try_send_segment(B, 1).unwrap());
            }
        });
    });
    for (_, b, _) in &meshes {
        let mut came = drain(b);
        came.sort_unstable();
        assert_eq!(came, [1, 2]);
    }
    drop(rules);
}

#[test]
fn two_rules_on_two_threads_that_make_rules_on_each_others_mesh_do_not_wait_for_each_other() {
    let meshes = [pair(4), pair(4)];
    let both_are_asked = Arc::new(Barrier::new(2));
    let rules: Vec<_> = (0..2)
        .map(|mesh| {
            let (other, barrier) = (meshes[1 - mesh].2.clone(), both_are_asked.clone());
            meshes[mesh].2.rule(move |_| {
                barrier.wait();
                other.rule(|_| Verdict::Drop).heal();
                Verdict::Pass
            })
        })
        .collect();
    let senders = meshes.each_ref().map(|mesh| mesh.0.clone());
    ends(move || {
        std::thread::scope(|scope| {
            for sender in &senders {
                scope.spawn(move || sender.try_send_segment(B, 1).unwrap());
            }
        });
    });
    drop(rules);
}

static CLONES_PANIC: AtomicBool = AtomicBool::new(false);

#[derive(Debug, PartialEq)]
struct Fragile(u64);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        assert!(!CLONES_PANIC.load(Ordering::Relaxed), "it cannot be cloned");
        Self(self.0)
    }
}

#[test]
fn where_the_clone_of_a_payload_panics_nothing_was_sent() {
    let (a, b, mesh) = pair(1);
    mesh.all().duplicate(1.0);
    for passes in [false, true] {
        // With and without rules the way is another one.
        let rule = passes.then(|| mesh.rule(|_| Verdict::Pass));
        CLONES_PANIC.store(true, Ordering::Relaxed);
        for number in 1..=3 {
            let sent = catch_unwind(AssertUnwindSafe(|| a.try_send_segment(B, Fragile(number))));
            assert!(sent.is_err());
        }
        CLONES_PANIC.store(false, Ordering::Relaxed);
        drop(rule);
    }
    let stats = mesh.stats();
    assert!(stats.links()[0].sent == 0, "{stats}");
    a.try_send_segment(B, Fragile(4)).unwrap();
    let link = mesh.stats().link(0, 1);
    assert_eq!((link.sent, link.duplicated, link.waiting), (1, 1, 2));
    let came = [b.try_recv_segment(), b.try_recv_segment()];
    assert_eq!(came, [Ok(Fragile(4)), Ok(Fragile(4))]);
    a.try_send_segment(B, Fragile(5)).unwrap();
}

/// Looks at its mesh when it is cloned.
struct Looks(Mesh<Self>, u64);

impl std::fmt::Debug for Looks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Looks")
    }
}

impl Clone for Looks {
    fn clone(&self) -> Self {
        let sent = self.0.stats().link(0, 1).sent;
        self.0.link(0, 1).hold().heal();
        Self(self.0.clone(), sent)
    }
}

#[test]
fn a_payload_may_use_the_mesh_when_it_is_cloned() {
    ends(|| {
        let (a, b, mesh) = pair(4);
        mesh.all().duplicate(1.0);
        for _ in 0..2 {
            assert!(a.try_send_segment(B, Looks(mesh.clone(), 7)).is_ok());
        }
        let came: Vec<_> = std::iter::from_fn(|| b.try_recv_segment().ok()).collect();
        let sent: Vec<_> = came.iter().map(|Looks(_, sent)| *sent).collect();
        assert_eq!(sent, [7, 0, 7, 1]);
    });
}

/// Panics when it is dropped, while it is armed, and counts.
#[derive(Debug)]
struct Bomb(&'static AtomicU64);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(
            self.0.fetch_add(1, Ordering::SeqCst) > 0 || std::thread::panicking(),
            "the first that is dropped"
        );
    }
}

#[test]
fn a_payload_that_panics_when_it_is_lost_spares_none_of_the_others() {
    static DROPPED: AtomicU64 = AtomicU64::new(0);
    let (a, b, mesh) = pair(4);
    for _ in 0..3 {
        a.try_send_segment(B, Bomb(&DROPPED)).unwrap();
    }
    let crash = catch_unwind(AssertUnwindSafe(|| mesh.crash(1)));
    let panic = crash.expect_err("the panic of a destructor goes on");
    assert_eq!(panic.downcast_ref(), Some(&"the first that is dropped"));
    assert_eq!(DROPPED.load(Ordering::SeqCst), 3);
    assert_eq!(mesh.stats().link(0, 1).dropped, 3);
    assert_eq!(b.try_recv_segment().unwrap_err(), TryRecvError::Closed);
    drop(mesh.restart(ShardId(1)));
}
