//! Any `Debug + Send + 'static` is a payload.

use std::mem::size_of;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId, WalSegmentPayload};

use crate::poll::{Task, mesh, now, within_a_minute};

#[test]
fn a_payload_of_no_size_is_counted_like_any_other() {
    #[derive(Debug, PartialEq)]
    struct Ping;
    assert_eq!(size_of::<Ping>(), 0);
    let (factory, [a, b]) = mesh(3, &[(0, 1)]);
    for _ in 0..3 {
        a.try_send_segment(ShardId(1), Ping).unwrap();
    }
    let waiting = Task::waits(a.send_segment(ShardId(1), Ping));
    assert_eq!(factory.mesh().stats().link(0, 1).waiting, 3);
    assert_eq!(now(b.recv_segment()), Some(Ping));
    assert_eq!(waiting.finish(), Ok(()));
}

#[test]
fn a_payload_of_64_mib_is_moved_and_not_copied() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    let body = vec![7; 64 << 20];
    let at = body.as_ptr();
    now(a.send_segment(ShardId(1), WalSegmentPayload::new(ShardId(0), 1, body))).unwrap();
    let received = now(b.recv_segment()).unwrap();
    assert_eq!(received.data().len(), 64 << 20);
    assert_eq!(received.data().as_ptr(), at);
    assert!(received.data().iter().all(|&byte| byte == 7));
}

#[test]
fn a_payload_of_8_kib_without_a_heap_is_shipped_too() {
    let (_factory, [a, b]) = mesh(4, &[(0, 1)]);
    for byte in 0..4_u8 {
        now(a.send_segment(ShardId(1), [byte; 8 << 10])).unwrap();
    }
    for byte in 0..4_u8 {
        assert_eq!(now(b.recv_segment()), Some([byte; 8 << 10]));
    }
}

#[test]
fn a_payload_need_not_be_clone() {
    #[derive(Debug)]
    enum Message {
        Reply(mpsc::Sender<u32>),
    }
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    let (reply, replies) = mpsc::channel();
    now(a.send_segment(ShardId(1), Message::Reply(reply))).unwrap();
    let Message::Reply(reply) = now(b.recv_segment()).unwrap();
    reply.send(7).unwrap();
    assert_eq!(replies.recv(), Ok(7));
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
fn what_was_not_received_is_dropped_once_with_the_endpoint() {
    let drops = Arc::new(AtomicUsize::new(0));
    let dropped = || drops.load(Ordering::SeqCst);
    let (factory, [a, b]) = mesh(4, &[(0, 1)]);
    for _ in 0..4 {
        a.try_send_segment(ShardId(1), Counted(drops.clone()))
            .unwrap();
    }
    let waiting = Task::waits(a.send_segment(ShardId(1), Counted(drops.clone())));
    // One is read, so that both halves of the inbox hold some.
    drop(now(b.recv_segment()));
    assert_eq!(dropped(), 1);
    a.try_send_segment(ShardId(1), Counted(drops.clone()))
        .unwrap_err();
    assert_eq!(dropped(), 2, "the error held it");
    drop(b);
    assert_eq!(dropped(), 5);
    drop(waiting);
    assert_eq!(dropped(), 6);
    drop((a, factory));
    assert_eq!(dropped(), 6);
}

#[test]
fn what_was_sent_outlives_its_sender_and_goes_with_the_receiver() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (factory, [a, b]) = mesh(4, &[(0, 1)]);
    a.try_send_segment(ShardId(1), Counted(drops.clone()))
        .unwrap();
    drop((a, factory));
    assert_eq!(drops.load(Ordering::SeqCst), 0);
    drop(b);
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

/// Runs its closure when it is dropped.
struct OnDrop(Option<Box<dyn FnOnce() + Send>>);

impl OnDrop {
    fn new(act: impl FnOnce() + Send + 'static) -> Self {
        Self(Some(Box::new(act)))
    }

    fn plain() -> Self {
        Self(None)
    }
}

impl std::fmt::Debug for OnDrop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnDrop")
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(act) = self.0.take() {
            act();
        }
    }
}

type Shards = [Endpoint<OnDrop>; 3];

fn full() -> (InProcessTransportFactory<OnDrop>, Shards) {
    mesh(2, &[(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)])
}

#[test]
fn a_payload_may_use_its_mesh_when_the_endpoint_drops_it() {
    within_a_minute(|| {
        let (factory, [a, b, c]) = full();
        let (from, mesh) = (c.clone(), factory.clone());
        let payload = OnDrop::new(move || {
            from.try_send_segment(ShardId(0), OnDrop::plain()).unwrap();
            let back = from.try_send_segment(ShardId(1), OnDrop::plain());
            assert!(back.is_err(), "shard 1 is gone");
            assert!(from.try_recv_segment().is_ok());
            mesh.disconnect(ShardId(0), ShardId(2));
            mesh.connect(ShardId(0), ShardId(2));
            assert_eq!(mesh.mesh().stats().link(0, 1).dropped, 1);
        });
        a.try_send_segment(ShardId(2), OnDrop::plain()).unwrap();
        a.try_send_segment(ShardId(1), payload).unwrap();
        drop(b);
        assert!(a.try_recv_segment().is_ok());
    });
}

#[test]
fn a_payload_may_hold_the_last_clone_of_another_endpoint() {
    within_a_minute(|| {
        let (factory, [a, b, c]) = full();
        c.try_send_segment(ShardId(0), OnDrop::plain()).unwrap();
        a.try_send_segment(ShardId(1), OnDrop::new(move || drop(c)))
            .unwrap();
        drop(b);
        assert!(a.try_recv_segment().is_ok());
        assert!(a.try_recv_segment().is_err());
        assert_eq!(
            factory.mesh().links(),
            [(ShardId(0), ShardId(1)), (ShardId(0), ShardId(2))]
        );
    });
}

#[test]
fn a_payload_may_create_its_shard_again_when_the_endpoint_drops_it() {
    within_a_minute(|| {
        let (factory, [a, b, _c]) = full();
        let again = factory.clone();
        let payload = OnDrop::new(move || {
            let b = again.create(ShardId(1));
            again.connect(ShardId(1), ShardId(0));
            b.try_send_segment(ShardId(0), OnDrop::plain()).unwrap();
        });
        a.try_send_segment(ShardId(1), payload).unwrap();
        drop(b);
        assert!(a.try_recv_segment().is_ok());
    });
}

#[test]
fn a_payload_that_panics_when_it_is_dropped_harms_no_other_shard() {
    let (factory, [a, b, c]) = full();
    let payload = OnDrop::new(|| std::panic::resume_unwind(Box::new("on purpose")));
    a.try_send_segment(ShardId(1), payload).unwrap();
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(b)));
    assert!(dropped.is_err());
    now(a.send_segment(ShardId(2), OnDrop::plain())).unwrap();
    assert!(now(c.recv_segment()).is_some());
    assert_eq!(
        factory.mesh().links().len(),
        4,
        "the links of shard 1 have closed all the same"
    );
}
