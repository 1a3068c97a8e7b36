//! Faults in strange moments: each test is a defect that there was.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use shard_mesh::{
    Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId, TransportError, TryRecvError,
    TrySendError, Verdict,
};

/// A payload that tells when it is dropped.
#[derive(Clone, Debug)]
struct Told(Arc<()>);

#[test]
fn a_run_leaves_nothing_behind() {
    static WATCH: Mutex<Option<std::sync::Weak<()>>> = Mutex::new(None);
    let _code = Harness::new("faults", "a_run_leaves_nothing_behind").run(|run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
        factory.connect(ShardId(0), ShardId(1));
        Box::new(async move {
            // Kept by the mesh itself, so it goes only with the mesh.
            let payload = Told(Arc::new(()));
            *WATCH.lock().unwrap() = Some(Arc::downgrade(&payload.0));
            factory.mesh().link(0, 1).hold();
            a.send_segment(ShardId(1), payload).await.unwrap();
            std::mem::forget(b);
        })
    });
    let watch = WATCH.lock().unwrap().take().unwrap();
    assert!(
        watch.upgrade().is_some(),
        "an endpoint that is forgotten keeps its mesh"
    );

    let _code = Harness::new("faults", "a_run_leaves_nothing_behind").run(|run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
        factory.connect(ShardId(0), ShardId(1));
        Box::new(async move {
            let payload = Told(Arc::new(()));
            *WATCH.lock().unwrap() = Some(Arc::downgrade(&payload.0));
            let kept = payload.0.clone();
            let _rule = factory.mesh().rule(move |_| {
                assert!(Arc::strong_count(&kept) > 1);
                Verdict::Hold
            });
            a.send_segment(ShardId(1), payload).await.unwrap();
            drop(b);
        })
    });
    let watch = WATCH.lock().unwrap().take().unwrap();
    assert!(watch.upgrade().is_none(), "the mesh outlives its run");
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_sweep_runs_out_of_no_files() {
    let files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = files();
    let harness = Harness::new("faults", "a_long_sweep_runs_out_of_no_files");
    let _code = harness.seeds(0..500).run(|run| {
        let factory = run.watch(InProcessTransportFactory::<u64>::new());
        Box::new(async move { assert!(factory.mesh().shards().is_empty()) })
    });
    // Other tests of this process open and close files meanwhile.
    assert!(files() < before + 250, "{before} before, {} after", files());
}

#[test]
fn a_selection_does_not_open_a_link_again() {
    let factory = InProcessTransportFactory::<u64>::new();
    let (a, _b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    let link = factory.mesh().link(0, 1);
    factory.disconnect(ShardId(0), ShardId(1));
    link.latency(Duration::from_millis(1));
    link.release();
    link.deliver_next();
    assert_eq!(factory.mesh().links(), []);
    let refused = a.try_send_segment(ShardId(1), 1);
    assert_eq!(refused, Err(TrySendError::UnknownPeer(ShardId(1), 1)));
    factory.disconnect(ShardId(0), ShardId(1));
}

#[shard_mesh::test(peers = 0..2)]
async fn what_is_held_of_a_sender_that_is_gone_can_be_released(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).hold();
    a.send_segment(ShardId(1), 1).await.unwrap();
    drop(a);
    mesh.all().release();
    assert_eq!(b.recv_segment().await, Some(1));
    assert_eq!(b.recv_segment().await, None);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "sends on the mesh that asks it about a segment")]
async fn a_rule_that_sends_is_told_so(a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    let again = a.clone();
    let _rule = mesh.rule(move |_| {
        let _ = again.try_send_segment(ShardId(1), 9);
        Verdict::Pass
    });
    a.send_segment(ShardId(1), 1).await.unwrap();
}

#[shard_mesh::test(peers = 0..2)]
async fn a_rule_may_end_itself(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let guard = Arc::new(Mutex::new(None));
    let own = guard.clone();
    let rule = mesh.rule(move |_| {
        drop(own.lock().unwrap().take());
        Verdict::Drop
    });
    *guard.lock().unwrap() = Some(rule);
    for n in 1..=3 {
        a.send_segment(ShardId(1), n).await.unwrap();
    }
    assert_eq!(b.recv_segment().await, Some(2));
    assert_eq!(b.recv_segment().await, Some(3));
}

#[shard_mesh::test(peers = 0..2)]
async fn a_rule_that_crashes_an_end_loses_the_segment_in_hand(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let crasher = mesh.clone();
    let rule = mesh.rule(move |m| {
        match m.number {
            2 => crasher.crash(m.from),
            3 => {
                crasher.crash(m.to);
                drop(crasher.restart(m.to));
            }
            _ => {}
        }
        Verdict::Pass
    });
    a.send_segment(ShardId(1), 1).await.unwrap();
    a.send_segment(ShardId(1), 2).await.unwrap();
    assert_eq!(b.try_recv_segment(), Ok(1));
    assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    let a = mesh.restart(0);
    a.send_segment(ShardId(1), 3).await.unwrap();
    drop(rule);
    assert_eq!(mesh.stats().link(0, 1).dropped, 2);
    assert_eq!(
        a.send_segment(ShardId(1), 4).await,
        Err(TransportError::Closed)
    );
    drop(b);
}

#[shard_mesh::test(peers = 0..2, capacity = 1)]
async fn a_rule_that_panics_takes_up_no_room(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let rule = mesh.rule(|m| match m.number {
        1 if *m.payload == 1 => panic!("a rule of the test's"),
        _ => Verdict::Pass,
    });
    let sender = a.clone();
    let sent = tokio::spawn(async move { sender.send_segment(ShardId(1), 1).await });
    assert!(sent.await.unwrap_err().is_panic());
    drop(rule);
    a.try_send_segment(ShardId(1), 2).unwrap();
    assert_eq!(b.try_recv_segment(), Ok(2));
    assert_eq!(mesh.stats().link(0, 1).sent, 1);
}

#[shard_mesh::test(peers = 0..2, capacity = 2)]
async fn a_rule_delivers_over_a_cut_link_no_more_than_there_is_room_for(
    a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).cut();
    let _rule = mesh.rule(|_| Verdict::Deliver);
    for n in 1..=10 {
        a.try_send_segment(ShardId(1), n).unwrap();
    }
    let link = mesh.stats().link(0, 1);
    assert_eq!((link.waiting, link.dropped), (2, 8));
}

#[shard_mesh::test(peers = 0..2)]
async fn a_crashed_shard_is_given_no_tasks(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.crash(1);
    let told = Told(Arc::new(()));
    let watch = Arc::downgrade(&told.0);
    let task = mesh.spawn(1, async move {
        panic!("it ran with {told:?}");
    });
    assert!(watch.upgrade().is_none(), "it was dropped at once");
    assert_eq!(task.await.unwrap(), None::<()>);
}

#[shard_mesh::test(peers = 0..1)]
#[should_panic(expected = "a harness makes the runtime of its test")]
async fn a_harness_within_a_test_is_told_so(_a: Endpoint<u64>) {
    Harness::new("faults", "inner").run(|_| Box::new(async {}));
}

#[shard_mesh::test(peers = 0..2, topology = chain)]
#[should_panic(expected = "shard 99 was never created")]
async fn a_shard_that_there_is_not_cannot_be_isolated(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.isolate(99);
}
