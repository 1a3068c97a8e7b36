//! A model check of the protocol by which tasks wake each other, and of the lives of shards: loom runs
//! each of these in every order that its threads can have, and fails where a task sleeps for ever, or an
//! endpoint or a task outlives a crash.
//!
//! ```text
//! RUSTFLAGS="--cfg shard_mesh_loom -C debug-assertions" \
//!     cargo test -p shard-mesh-tests --test model --release --target-dir target/loom
//! ```
//!
//! A task that is polled by hand with a waker that does nothing stands for one that is dropped
//! before it runs again.
#![cfg(shard_mesh_loom)]

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::thread::{JoinHandle, spawn};
use shard_mesh::{
    Endpoint, InProcessTransportFactory, ShardId, TransportError, TrySendError, Verdict,
};

/// A mesh of one link, from shard 0 to shard 1.
fn pair<P: std::fmt::Debug + Send + 'static>(
    capacity: usize,
) -> (InProcessTransportFactory<P>, Endpoint<P>, Endpoint<P>) {
    let factory = InProcessTransportFactory::new().with_capacity(capacity);
    let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    (factory, a, b)
}

/// How often the scheduler may switch from a thread that could go on, unless
/// `LOOM_MAX_PREEMPTIONS` says otherwise. Most bugs show with two (Musuvathi and Qadeer, PLDI 2007).
const PREEMPTIONS: usize = 3;

/// Runs `model` in every order that its threads can have.
fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(PREEMPTIONS);
    builder.check(model);
}

/// The threads end.
fn join<T, const N: usize>(threads: [JoinHandle<T>; N]) -> [T; N] {
    threads.map(|thread| thread.join().unwrap())
}

/// Sends `payloads` on a thread of its own, waiting for room.
fn sends<const N: usize>(from: &Endpoint<u32>, payloads: [u32; N]) -> JoinHandle<()> {
    let from = from.clone();
    spawn(move || {
        for payload in payloads {
            block_on(from.send_segment(ShardId(1), payload)).unwrap();
        }
    })
}

fn receive(by: &Endpoint<u32>) -> Option<u32> {
    block_on(by.recv_segment())
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_receiver_misses_no_wake_up() {
    check(|| {
        let (_factory, a, b) = pair(4);
        let sender = sends(&a, [1, 2]);
        assert_eq!(receive(&b), Some(1));
        assert_eq!(receive(&b), Some(2));
        sender.join().unwrap();
    });
}

#[test]
fn a_sender_misses_no_wake_up() {
    check(|| {
        let (_factory, a, b) = pair(1);
        let sender = sends(&a, [1, 2, 3]);
        for number in 1..=3 {
            assert_eq!(receive(&b), Some(number));
        }
        sender.join().unwrap();
    });
}

#[test]
fn a_sender_goes_on_after_the_one_receive_that_made_room() {
    check(|| {
        let (_factory, a, b) = pair(1);
        a.try_send_segment(ShardId(1), 1).unwrap();
        let sender = sends(&a, [2]);
        // It may look at the link before this, after it, and in the middle of it.
        assert_eq!(b.try_recv_segment(), Ok(1));
        sender.join().unwrap();
        assert_eq!(b.try_recv_segment(), Ok(2));
    });
}

#[test]
fn two_senders_share_the_room_for_one() {
    check(|| {
        let (_factory, a, b) = pair(1);
        let senders = [sends(&a, [1]), sends(&a, [2])];
        let received = [receive(&b), receive(&b)];
        assert!(
            [[Some(1), Some(2)], [Some(2), Some(1)]].contains(&received),
            "{received:?}"
        );
        join(senders);
    });
}

#[test]
fn two_senders_that_found_the_link_full_both_go_on() {
    check(|| {
        let (_factory, a, b) = pair(2);
        a.try_send_segment(ShardId(1), 1).unwrap();
        a.try_send_segment(ShardId(1), 2).unwrap();
        let senders = [sends(&a, [3]), sends(&a, [4])];
        assert_eq!(b.try_recv_segment(), Ok(1));
        assert_eq!(b.try_recv_segment(), Ok(2));
        join(senders);
    });
}

#[test]
fn senders_on_two_links_both_go_on() {
    check(|| {
        let (factory, a, b) = pair(1);
        let c = factory.create(ShardId(2));
        factory.connect(ShardId(2), ShardId(1));
        a.try_send_segment(ShardId(1), 1).unwrap();
        c.try_send_segment(ShardId(1), 2).unwrap();
        let senders = [sends(&a, [3]), sends(&c, [4])];
        assert_eq!(b.try_recv_segment(), Ok(1));
        assert_eq!(b.try_recv_segment(), Ok(2));
        join(senders);
    });
}

#[test]
fn two_receivers_get_one_segment_each() {
    check(|| {
        let (_factory, a, b) = pair(2);
        let other = b.clone();
        let reader = spawn(move || receive(&other));
        let sender = sends(&a, [1, 2]);
        let received = [receive(&b), reader.join().unwrap()];
        assert!(
            [[Some(1), Some(2)], [Some(2), Some(1)]].contains(&received),
            "{received:?}"
        );
        sender.join().unwrap();
    });
}

#[test]
fn a_receiver_that_is_dropped_passes_its_turn_on() {
    check(|| {
        let (_factory, a, b) = pair(1);
        let mut first = Box::pin(b.recv_segment());
        assert_eq!(poll(first.as_mut()), Poll::Pending);
        let other = b.clone();
        let second = spawn(move || receive(&other));
        let sender = sends(&a, [1]);
        drop(first);
        assert_eq!(second.join().unwrap(), Some(1));
        sender.join().unwrap();
    });
}

#[test]
fn a_sender_that_is_dropped_passes_its_turn_on() {
    check(|| {
        let (_factory, a, b) = pair(1);
        a.try_send_segment(ShardId(1), 1).unwrap();
        let mut first = Box::pin(a.send_segment(ShardId(1), 2));
        assert_eq!(poll(first.as_mut()), Poll::Pending);
        let second = sends(&a, [3]);
        let receiver = spawn(move || [receive(&b), receive(&b)]);
        drop(first);
        assert_eq!(receiver.join().unwrap(), [Some(1), Some(3)]);
        second.join().unwrap();
    });
}

#[test]
fn a_sender_that_is_dropped_has_either_sent_or_not() {
    check(|| {
        let (factory, a, b) = pair(1);
        a.try_send_segment(ShardId(1), 1).unwrap();
        let sender = spawn(move || {
            let mut sending = pin!(a.send_segment(ShardId(1), 2));
            poll(sending.as_mut()).is_ready() || poll(sending.as_mut()).is_ready()
        });
        assert_eq!(receive(&b), Some(1));
        let second = receive(&b);
        assert_eq!(second, sender.join().unwrap().then_some(2));
        let link = factory.mesh().stats().link(0, 1);
        assert_eq!((link.sent, link.waiting), (link.delivered, 0));
    });
}

#[test]
fn a_sender_that_waits_learns_that_the_endpoint_went() {
    check(|| {
        let (_factory, a, b) = pair(1);
        a.try_send_segment(ShardId(1), 1).unwrap();
        let senders =
            [a.clone(), a].map(|a| spawn(move || block_on(a.send_segment(ShardId(1), 2))));
        drop(b);
        assert_eq!(join(senders), [Err(TransportError::Closed); 2]);
    });
}

#[test]
fn a_sender_that_waits_learns_that_the_link_went() {
    check(|| {
        let (factory, a, _b) = pair(1);
        a.try_send_segment(ShardId(1), 1).unwrap();
        let senders =
            [a.clone(), a].map(|a| spawn(move || block_on(a.send_segment(ShardId(1), 2))));
        factory.disconnect(ShardId(0), ShardId(1));
        assert_eq!(
            join(senders),
            [Err(TransportError::UnknownPeer(ShardId(1))); 2]
        );
    });
}

#[test]
fn receivers_that_wait_learn_that_the_last_sender_went() {
    check(|| {
        let (_factory, a, b) = pair::<u32>(1);
        let receivers = [b.clone(), b].map(|b| spawn(move || receive(&b)));
        drop(a);
        assert_eq!(join(receivers), [None, None]);
    });
}

#[test]
fn what_was_sent_is_received_before_the_end() {
    check(|| {
        let (_factory, a, b) = pair(1);
        let sender = sends(&a, [1, 2]);
        drop(a);
        assert_eq!(
            [receive(&b), receive(&b), receive(&b)],
            [Some(1), Some(2), None]
        );
        sender.join().unwrap();
    });
}

#[test]
fn a_receiver_gets_through_disconnect_and_connect() {
    check(|| {
        let (factory, a, b) = pair(1);
        let receiver = spawn(move || receive(&b));
        factory.disconnect(ShardId(0), ShardId(1));
        factory.connect(ShardId(0), ShardId(1));
        // The endpoint of shard 1 goes when the receiver has seen the inbox closed.
        let sent = a.try_send_segment(ShardId(1), 1);
        match receiver.join().unwrap() {
            Some(number) => assert_eq!((number, sent), (1, Ok(()))),
            None => assert!(
                matches!(sent, Ok(()) | Err(TrySendError::Closed(1))),
                "{sent:?}"
            ),
        }
    });
}

#[test]
fn senders_get_through_disconnect_and_connect() {
    check(|| {
        let (factory, a, b) = pair(1);
        a.try_send_segment(ShardId(1), 1).unwrap();
        let mut first = Box::pin(a.send_segment(ShardId(1), 2));
        assert_eq!(poll(first.as_mut()), Poll::Pending);
        let other = a.clone();
        let second = spawn(move || block_on(other.send_segment(ShardId(1), 3)));
        factory.disconnect(ShardId(0), ShardId(1));
        factory.connect(ShardId(0), ShardId(1));
        assert_eq!(b.try_recv_segment(), Ok(1));
        drop(first);
        match second.join().unwrap() {
            Ok(()) => assert_eq!(b.try_recv_segment(), Ok(3)),
            Err(error) => assert_eq!(error, TransportError::UnknownPeer(ShardId(1))),
        }
    });
}

/// Counts its drops.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn each_segment_is_dropped_once_when_the_endpoint_goes() {
    check(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let (factory, a, b) = pair(4);
        let payloads = [(); 2].map(|()| Counted(drops.clone()));
        let from = a.clone();
        let sender = spawn(move || {
            let sent = payloads.map(|payload| from.try_send_segment(ShardId(1), payload).is_ok());
            sent.iter().filter(|&&sent| sent).count() as u64
        });
        let received = u64::from(b.try_recv_segment().is_ok());
        drop(b);
        let sent = sender.join().unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 2);
        // A link that carried nothing and is closed is not listed.
        let stats = factory.mesh().stats();
        let counts = stats.links().first().map_or([0; 4], |link| {
            [link.sent, link.delivered, link.dropped, link.waiting]
        });
        assert_eq!(counts, [sent, received, sent - received, 0]);
    });
}

#[test]
fn the_counts_add_up_whenever_one_looks() {
    check(|| {
        let (factory, a, b) = pair(1);
        let sender = sends(&a, [1, 2]);
        let receiver = spawn(move || [receive(&b), receive(&b)]);
        let link = factory.mesh().stats().link(0, 1);
        assert_eq!(link.sent, link.delivered + link.dropped + link.waiting);
        assert!(link.waiting <= 1, "{link:?}");
        sender.join().unwrap();
        receiver.join().unwrap();
    });
}

#[test]
fn two_endpoints_may_go_at_once() {
    check(|| {
        let (factory, a, b) = pair(1);
        factory.connect(ShardId(1), ShardId(0));
        a.try_send_segment(ShardId(1), 1).unwrap();
        b.try_send_segment(ShardId(0), 2).unwrap();
        let other = spawn(move || drop(a));
        drop(b);
        other.join().unwrap();
        assert_eq!(factory.mesh().links(), []);
    });
}

#[test]
fn a_shard_can_be_created_again_as_soon_as_its_peer_sees_it_closed() {
    check(|| {
        let (factory, a, b) = pair(1);
        let going = spawn(move || drop(b));
        if a.try_send_segment(ShardId(1), 1) == Err(TrySendError::Closed(1)) {
            let b = factory.create(ShardId(1));
            factory.connect(ShardId(1), ShardId(0));
            going.join().unwrap();
            assert_eq!(factory.mesh().links(), [(ShardId(1), ShardId(0))]);
            drop(b);
        }
    });
}

#[test]
fn an_endpoint_that_a_restart_gives_beside_a_crash_does_not_outlive_it() {
    check(|| {
        let (factory, a, b) = pair(4);
        factory.connect(ShardId(1), ShardId(0));
        let mesh = factory.mesh();
        mesh.crash(1);
        let other = mesh.clone();
        let restart = spawn(move || other.restart(1));
        // It is alive if it takes a segment, and only then can it crash.
        let crashed = a.try_send_segment(ShardId(1), 1).is_ok();
        if crashed {
            mesh.crash(1);
        }
        let restarted = restart.join().unwrap();
        let sent = restarted.try_send_segment(ShardId(0), 2);
        assert_eq!(sent.is_err(), crashed);
        drop(b);
    });
}

#[test]
fn an_endpoint_that_is_created_beside_a_crash_does_not_outlive_it() {
    check(|| {
        let (factory, a, b) = pair(4);
        drop(b);
        let mesh = factory.mesh();
        let other = factory.clone();
        let create = spawn(move || other.create(ShardId(1)));
        // No link leads to it any more once it is created, and only then can it crash.
        let refused = a.try_send_segment(ShardId(1), 1).unwrap_err();
        let crashed = matches!(refused, TrySendError::UnknownPeer(..));
        if crashed {
            mesh.crash(1);
        }
        let created = create.join().unwrap();
        factory.connect(ShardId(1), ShardId(0));
        let sent = created.try_send_segment(ShardId(0), 2);
        assert_eq!(sent.is_err(), crashed);
    });
}

#[test]
fn a_crash_of_the_sender_leaves_nothing_on_the_way() {
    check(|| {
        let (factory, a, _b) = pair(4);
        let mesh = factory.mesh();
        mesh.link(0, 1).hold();
        let from = a.clone();
        let sender = spawn(move || from.try_send_segment(ShardId(1), 1).is_ok());
        mesh.crash(0);
        let at_once = mesh.stats().link(0, 1);
        assert_eq!((at_once.held, at_once.dropped), (0, at_once.sent));
        let sent = u64::from(sender.join().unwrap());
        let link = mesh.stats().link(0, 1);
        assert_eq!((link.sent, link.dropped, link.held), (sent, sent, 0));
        assert_eq!(at_once.sent, sent, "it set off after the crash");
        drop(a);
    });
}

/// A runtime in which tasks can be spawned, and run as far as they can.
struct Tasks(tokio::runtime::Runtime);

impl Tasks {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        Self(runtime.unwrap())
    }

    /// Polls each task that was woken, once.
    fn run(&self) {
        self.0.block_on(tokio::task::yield_now());
    }
}

/// Runs for ever.
async fn owns(counted: Counted) {
    let _counted = counted;
    std::future::pending::<()>().await;
}

#[test]
fn a_task_that_is_spawned_beside_a_crash_does_not_outlive_it() {
    check(|| {
        let tasks = Tasks::new();
        let _context = tasks.0.enter();
        let (factory, _a, _b) = pair::<u32>(1);
        let drops = Arc::new(AtomicUsize::new(0));
        let (mesh, counted) = (factory.mesh(), Counted(drops.clone()));
        let other = mesh.clone();
        let spawned = spawn(move || {
            other.spawn(1, owns(counted));
        });
        mesh.crash(1);
        spawned.join().unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_task_that_is_spawned_beside_a_restart_belongs_to_either_life() {
    check(|| {
        let tasks = Tasks::new();
        let _context = tasks.0.enter();
        let (factory, _a, _b) = pair::<u32>(1);
        let drops = Arc::new(AtomicUsize::new(0));
        let (mesh, counted) = (factory.mesh(), Counted(drops.clone()));
        let other = mesh.clone();
        let spawned = spawn(move || other.spawn(1, owns(counted)));
        mesh.crash(1);
        let endpoint = mesh.restart(1);
        let task = spawned.join().unwrap();
        tasks.run();
        // It runs in the new life, or was over before.
        let over = drops.load(Ordering::SeqCst) == 1;
        assert_eq!(task.is_finished(), over);
        mesh.crash(1);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        drop(endpoint);
    });
}

#[test]
fn a_task_that_is_polled_beside_a_crash_is_dropped_after_that_poll() {
    check(|| {
        let tasks = Arc::new(Tasks::new());
        let (factory, a, b) = pair::<u32>(1);
        let drops = Arc::new(AtomicUsize::new(0));
        let (mesh, counted) = (factory.mesh(), Counted(drops.clone()));
        {
            let _context = tasks.0.enter();
            mesh.spawn(1, async move {
                // Where another thread may go on.
                let _nothing = b.try_recv_segment();
                owns(counted).await;
            });
        }
        let running = tasks.clone();
        let polls = spawn(move || running.run());
        mesh.crash(1);
        polls.join().unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        drop(a);
    });
}

#[test]
fn what_a_rule_holds_goes_on_when_it_ends_meanwhile() {
    check(|| {
        let (factory, a, b) = pair(4);
        let rule = factory.mesh().rule(|_| Verdict::Hold);
        let sender = sends(&a, [1]);
        drop(rule);
        sender.join().unwrap();
        assert_eq!(b.try_recv_segment(), Ok(1));
    });
}
