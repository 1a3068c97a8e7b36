//! A waker belongs to whoever polls: what it does when it is dropped is not known here, so it must
//! not be dropped under a lock.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

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
