//! The trait: every form in which a test may hold an endpoint.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use shard_mesh::{Endpoint, ShardId, Transport, TransportError, WalSegmentPayload};

use crate::poll::{Task, mesh, now};

/// Sends through one transport, receives through the other, and meets an error.
fn ships<T: Transport<u32>, U: Transport<u32> + ?Sized>(from: &T, to: &U) {
    now(from.send_segment(to.local_shard(), 5)).unwrap();
    assert_eq!(now(to.recv_segment()), Some(5));
    let nobody = ShardId(9);
    assert_eq!(
        now(from.send_segment(nobody, 5)),
        Err(TransportError::UnknownPeer(nobody))
    );
    assert_eq!(
        (from.local_shard(), to.local_shard()),
        (ShardId(0), ShardId(1))
    );
}

#[test]
fn create_returns_the_endpoint_of_that_shard() {
    let (factory, [a, b]) = mesh::<u32, 2>(1, &[]);
    assert_eq!((a.local_shard(), b.local_shard()), (ShardId(0), ShardId(1)));
    assert_eq!(
        factory.create(ShardId(u64::MAX)).local_shard(),
        ShardId(u64::MAX)
    );
}

#[test]
fn an_endpoint_is_a_transport_in_each_form() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    ships(&a, &b);
    ships(&a, &*b);
    let dynamic: Arc<dyn Transport<u32>> = b.clone();
    ships(&a, &dynamic);
    ships(&a, &*dynamic);
    let nested: Arc<Arc<dyn Transport<u32>>> = Arc::new(dynamic);
    ships(&a, &nested);
    ships(&Arc::new(a.clone()), &nested);
    let sender: Arc<dyn Transport<u32>> = a;
    ships(&sender, &b);
    ships(&Arc::new(sender), &b);
}

#[test]
fn a_boxed_future_waits_and_is_cancelled_as_an_unboxed_one() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    let (a, b): (Arc<dyn Transport<_>>, Arc<dyn Transport<_>>) = (a, b);
    let cancelled = Task::waits(b.recv_segment());
    let waiting = Task::waits(b.recv_segment());
    now(a.send_segment(ShardId(1), 1)).unwrap();
    drop(cancelled);
    assert_eq!(waiting.finish(), Some(1));
    now(a.send_segment(ShardId(1), 2)).unwrap();
    let cancelled = Task::waits(a.send_segment(ShardId(1), 3));
    let waiting = Task::waits(a.send_segment(ShardId(1), 4));
    assert_eq!(now(b.recv_segment()), Some(2));
    drop(cancelled);
    assert_eq!(waiting.finish(), Ok(()));
    assert_eq!(now(b.recv_segment()), Some(4));
}

async fn relay<T: Transport>(from: T, to: impl Transport) {
    while let Some(segment) = from.recv_segment().await {
        to.send_segment(ShardId(2), segment).await.unwrap();
    }
}

#[shard_mesh::test(peers = 0..3, topology = chain)]
async fn a_generic_system_runs_on_any_form(
    first: impl Transport,
    middle: Arc<dyn Transport>,
    last: Endpoint,
) {
    tokio::spawn(relay(middle.clone(), middle));
    let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
    first
        .send_segment(ShardId(1), segment.clone())
        .await
        .unwrap();
    assert_eq!(last.recv_segment().await, Some(segment));
}

/// A transport of a user's own, which hands back what it is given.
struct Loopback<P>(Mutex<VecDeque<P>>);

#[async_trait]
impl<P: Debug + Send + 'static> Transport<P> for Loopback<P> {
    async fn send_segment(&self, to_shard: ShardId, payload: P) -> Result<(), TransportError> {
        if to_shard != self.local_shard() {
            return Err(TransportError::UnknownPeer(to_shard));
        }
        self.0.lock().unwrap().push_back(payload);
        Ok(())
    }

    async fn recv_segment(&self) -> Option<P> {
        self.0.lock().unwrap().pop_front()
    }

    fn local_shard(&self) -> ShardId {
        ShardId(1)
    }
}

#[test]
fn a_transport_is_written_with_async_trait() {
    let loopback: Arc<dyn Transport<u32>> = Arc::new(Loopback(Mutex::default()));
    now(loopback.send_segment(ShardId(1), 5)).unwrap();
    assert_eq!(now(loopback.recv_segment()), Some(5));
    assert_eq!(
        now(loopback.send_segment(ShardId(9), 5)),
        Err(TransportError::UnknownPeer(ShardId(9)))
    );
}
