//! A waker belongs to the caller that polls. What it does when it is cloned, woken or dropped is not
//! known here, so none of that may happen under a lock, and none of it may keep others from being woken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use cooked_waker::{IntoWaker, WakeRef};
use shard_mesh::{Endpoint, ShardId};

use crate::poll::{mesh, within_a_minute};

/// A waker that holds an endpoint, as one that owns its task does.
struct Holds {
    _endpoint: Endpoint<u32>,
}

impl Wake for Holds {
    fn wake(self: Arc<Self>) {}
}

/// Polls `future`, which waits and now has the only clone of a waker that holds `endpoint`.
fn waits<T>(future: &mut Pin<Box<impl Future<Output = T>>>, endpoint: Endpoint<u32>) {
    let waker = Waker::from(Arc::new(Holds {
        _endpoint: endpoint,
    }));
    assert!(
        future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
}

fn poll<T>(future: &mut Pin<Box<impl Future<Output = T>>>) -> Poll<T> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

#[test]

fn the_waker_of_a_future_that_is_dropped_may_hold_an_endpoint() {
    within_a_minute(|| {
        let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
        let mut receiving = Box::pin(b.recv_segment());
        waits(&mut receiving, a);
        drop(receiving);
        assert!(b.try_recv_segment().is_err());
    });
}

#[test]

fn the_waker_of_a_future_that_is_polled_by_another_may_hold_an_endpoint() {
    within_a_minute(|| {
        let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
        let mut receiving = Box::pin(b.recv_segment());
        waits(&mut receiving, a);
        let _ = poll(&mut receiving);
        assert_eq!(poll(&mut receiving), Poll::Ready(None));
    });
}

#[test]

fn the_waker_of_a_future_that_was_served_out_of_turn_may_hold_an_endpoint() {
    within_a_minute(|| {
        let (_factory, [a, b, c]) = mesh(1, &[(0, 1), (2, 1)]);
        let mut first = Box::pin(b.recv_segment());
        assert!(poll(&mut first).is_pending());
        let mut second = Box::pin(b.recv_segment());
        waits(&mut second, c);
        a.try_send_segment(ShardId(1), 1).unwrap();
        assert_eq!(poll(&mut second), Poll::Ready(Some(1)));
    });
}

#[test]

fn the_waker_of_a_send_that_is_dropped_may_hold_an_endpoint() {
    within_a_minute(|| {
        let (_factory, [a, b, c]) = mesh(1, &[(0, 1), (2, 1)]);
        a.try_send_segment(ShardId(1), 1).unwrap();
        let mut sending = Box::pin(a.send_segment(ShardId(1), 2));
        waits(&mut sending, c);
        drop(sending);
        assert_eq!(b.try_recv_segment(), Ok(1));
    });
}

/// A waker that looks at an endpoint, and at the whole mesh, when it is cloned.
struct Looks {
    endpoint: Endpoint<u32>,
    mesh: shard_mesh::Mesh<u32>,
}

impl Clone for Looks {
    fn clone(&self) -> Self {
        let _ = self.endpoint.try_recv_segment();
        assert!(self.mesh.stats().links().len() == 1);
        Self {
            endpoint: self.endpoint.clone(),
            mesh: self.mesh.clone(),
        }
    }
}

impl WakeRef for Looks {
    fn wake_by_ref(&self) {}
}

impl cooked_waker::Wake for Looks {}

#[test]
fn a_waker_may_use_the_mesh_when_it_is_cloned() {
    within_a_minute(|| {
        let (factory, [a, b]) = mesh(1, &[(0, 1)]);
        let looks = Looks {
            endpoint: b.clone(),
            mesh: factory.mesh(),
        };
        let waker = Box::new(looks).into_waker();
        let mut cx = Context::from_waker(&waker);
        let mut receiving = Box::pin(b.recv_segment());
        assert!(receiving.as_mut().poll(&mut cx).is_pending());
        assert!(receiving.as_mut().poll(&mut cx).is_pending());
        a.try_send_segment(ShardId(1), 1).unwrap();
        assert_eq!(receiving.as_mut().poll(&mut cx), Poll::Ready(Some(1)));
        a.try_send_segment(ShardId(1), 2).unwrap();
        // Each clone receives what makes the link full.
        let mut sending = Box::pin(a.send_segment(ShardId(1), 3));
        assert_eq!(sending.as_mut().poll(&mut cx), Poll::Ready(Ok(())));
        let mesh = factory.mesh();
        let mut settling = Box::pin(mesh.settle());
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(async { assert!(settling.as_mut().poll(&mut cx).is_pending()) });
    });
}

/// Panics when it is woken for the first time, and counts.
struct Panics(Arc<AtomicU64>);

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        assert!(self.0.fetch_add(1, Ordering::SeqCst) > 0, "the first");
    }
}

#[test]
fn a_waker_that_panics_keeps_nobody_else_from_being_woken() {
    let (factory, [_a, b]) = mesh::<u32, 2>(1, &[(0, 1)]);
    let woken = Arc::new(AtomicU64::new(0));
    let mut receiving: Vec<_> = (0..3).map(|_| Box::pin(b.recv_segment())).collect();
    for receiving in &mut receiving {
        let waker = Waker::from(Arc::new(Panics(woken.clone())));
        let polled = receiving.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
    }
    let closed = catch_unwind(AssertUnwindSafe(|| {
        factory.disconnect(ShardId(0), ShardId(1));
    }));
    let panic = closed.expect_err("the panic of a waker goes on");
    assert_eq!(panic.downcast_ref(), Some(&"the first"));
    assert_eq!(woken.load(Ordering::SeqCst), 3);
    assert_eq!(poll(&mut receiving[2]), Poll::Ready(None));
}
