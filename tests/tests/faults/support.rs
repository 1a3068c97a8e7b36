//! What all of these tests say in their own words.

use std::time::Duration;

use shard_mesh::{Endpoint, ShardId, TransportError};
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub(crate) const A: ShardId = ShardId(0);
pub(crate) const B: ShardId = ShardId(1);

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Sends to shard 1, which must have room.
pub(crate) fn send(from: &Endpoint<u64>, segments: impl IntoIterator<Item = u64>) {
    send_to(from, B, segments);
}

pub(crate) fn send_to(from: &Endpoint<u64>, to: ShardId, segments: impl IntoIterator<Item = u64>) {
    for segment in segments {
        from.try_send_segment(to, segment).unwrap();
    }
}

/// What has arrived by now.
pub(crate) fn drain(at: &Endpoint<u64>) -> Vec<u64> {
    std::iter::from_fn(|| at.try_recv_segment().ok()).collect()
}

/// The next `count` segments, each with the milliseconds since `began` at which it came.
pub(crate) async fn take(at: &Endpoint<u64>, count: usize, began: Instant) -> Vec<(u64, u64)> {
    let mut taken = Vec::new();
    for _ in 0..count {
        let segment = at.recv_segment().await.unwrap();
        let millis = u64::try_from(began.elapsed().as_millis()).unwrap();
        taken.push((segment, millis));
    }
    taken
}

/// A task that sends to shard 1 and waits for room.
pub(crate) async fn waiting_sender(
    from: &Endpoint<u64>,
    segment: u64,
) -> JoinHandle<Result<(), TransportError>> {
    let from = from.clone();
    let task = tokio::spawn(async move { from.send_segment(B, segment).await });
    tokio::task::yield_now().await;
    assert!(!task.is_finished(), "there was room");
    task
}

/// A task that waits for a segment.
pub(crate) async fn waiting_receiver(at: &Endpoint<u64>) -> JoinHandle<Option<u64>> {
    let at = at.clone();
    let task = tokio::spawn(async move { at.recv_segment().await });
    tokio::task::yield_now().await;
    assert!(!task.is_finished(), "there was a segment");
    task
}

/// Lets all tasks run that can, without moving the clock.
pub(crate) async fn run_all() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

/// Runs a test on tokio's own runtime with a paused clock, where no harness tells what is idle.
pub(crate) fn without_harness(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(test);
}
