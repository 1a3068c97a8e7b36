//! What becomes of a segment when a future is dropped.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::time::sleep;

use super::payload::Payload;
use super::promise::{Broken, Promise, beside, segment};
use crate::contract::payload::WalSegmentPayload;
use crate::contract::shard_id::ShardId;
use crate::contract::transport::Transport;

/// So long a future that is given up on is left alone, for what it waits for to happen.
const PAUSE: Duration = Duration::from_millis(1);

/// Polls `future` a few times, and drops it unless it is done by then. Much can have happened between
/// the last poll and that.
async fn patiently<F: Future>(future: F, polls: u64) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        let polled = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
        if let Poll::Ready(output) = polled {
            return Some(output);
        }
        sleep(PAUSE).await;
    }
    None
}

/// Checks that a dropped [`recv_segment`](Transport::recv_segment) future loses nothing.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn cancelled_receive<T, P>(
    connect: impl AsyncFn(&[ShardId]) -> Vec<T>,
) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("cancelled_receive");
    const SEGMENTS: u64 = 100;
    // A few that take many steps to arrive.
    let size = |number| if number % 30 == 9 { 4 << 20 } else { 16 };
    let [a, b] = PROMISE.connect(connect).await?;
    let from = a.local_shard();
    let send_all = async {
        for number in 0..SEGMENTS {
            let segment = segment(from, number, size(number));
            PROMISE.send(&a, b.local_shard(), segment).await?;
            if number % 3 == 0 {
                sleep(4 * PAUSE).await;
            }
        }
        Ok(())
    };
    let receive_all = async {
        for number in 0..SEGMENTS {
            let due = segment(from, number, size(number));
            let received = async {
                let mut polls = 1;
                loop {
                    if let Some(received) = patiently(b.recv_segment(), polls).await {
                        return received;
                    }
                    polls = polls % 3 + 1;
                }
            };
            let received = PROMISE.within(&format!("{due:?}"), received).await?;
            PROMISE.compare(&due, received.map(P::into).as_ref())?;
        }
        PROMISE.expect_no_more(&b).await
    };
    beside(send_all, receive_all).await
}

/// Checks that a dropped [`send_segment`](Transport::send_segment) future has either sent its segment,
/// whole and in its turn, or not.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn cancelled_send<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("cancelled_send");
    let [a, b] = PROMISE.connect(connect).await?;
    let begin = AtomicBool::new(false);
    // Whether each was sent for certain.
    let mut sent = Vec::new();
    let send_all = async {
        let attempt = async |number| {
            let future = PROMISE.send(&a, b.local_shard(), numbered(&a, number));
            patiently(future, number % 3 + 1).await.transpose()
        };
        let given_up = |sent: &[bool]| sent.iter().filter(|sent| !**sent).count();
        for number in 0..FILL {
            sent.push(attempt(number).await?.is_some());
            if given_up(&sent) == ENOUGH {
                break;
            }
        }
        begin.store(true, Ordering::Relaxed);
        for number in (sent.len() as u64..).take(MORE) {
            sent.push(attempt(number).await?.is_some());
        }
        PROMISE.send(&a, b.local_shard(), numbered(&a, LAST)).await
    };
    let receive_all = async {
        while !begin.load(Ordering::Relaxed) {
            sleep(PAUSE).await;
        }
        let mut received = Vec::new();
        while received.last() != Some(&numbered(&a, LAST)) {
            received.push(PROMISE.receive(&b).await?);
        }
        Ok(received)
    };
    let received = beside(send_all, receive_all).await?;
    let mut received = received.iter().peekable();
    for (number, certain) in (0..).zip(sent) {
        let due = numbered(&a, number);
        if received.next_if(|came| **came == due).is_none() && certain {
            return PROMISE.compare(&due, received.next());
        }
    }
    PROMISE.compare(&numbered(&a, LAST), received.next())?;
    PROMISE.expect_no_more(&b).await
}

/// So many segments are sent before the peer begins to receive, or fewer if `ENOUGH` sends were given
/// up on.
const FILL: u64 = 1024;
const ENOUGH: usize = 8;
/// So many are sent after that.
const MORE: usize = 200;
/// The number of the last one.
const LAST: u64 = 1 << 32;

/// A segment of `cancelled_send`. A few take many steps to be sent.
fn numbered<T, P>(from: &T, number: u64) -> WalSegmentPayload
where
    T: Transport<P>,
    P: Payload,
{
    let size = if number % 16 == 9 { 1 << 18 } else { 16 };
    segment(from.local_shard(), number, size)
}
