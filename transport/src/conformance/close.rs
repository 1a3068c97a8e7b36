//! What becomes of a transport when its peers go.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::flood::Flood;
use super::payload::Payload;
use super::promise::{Broken, Promise, QUIET, beside, joined, outcome, segment, show};
use crate::contract::error::TransportError;
use crate::contract::shard_id::ShardId;
use crate::contract::transport::Transport;

/// Checks that what was sent before a transport was dropped arrives all the same, and that
/// [`recv_segment`](Transport::recv_segment) is `None`, for all tasks that wait in it and from then on,
/// once all peers are gone, and not before.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn closing<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("closing");
    const LAST_WORDS: u64 = 100;
    let [a, b, c] = PROMISE.connect(connect).await?;
    let (to, b) = (b.local_shard(), Arc::new(b));

    let from = a.local_shard();
    let send_and_go = async {
        for number in 0..LAST_WORDS {
            PROMISE.send(&a, to, segment(from, number, 1 << 10)).await?;
        }
        drop(a);
        Ok(())
    };
    let receive = async {
        for number in 0..LAST_WORDS {
            PROMISE.expect(&*b, segment(from, number, 1 << 10)).await?;
        }
        Ok(())
    };
    beside(send_and_go, receive).await?;
    if let Ok(came) = timeout(QUIET, b.recv_segment()).await {
        let expected = format!("shard {to} waits: one of its peers is left");
        return Err(PROMISE.broken(expected, show(came.map(P::into).as_ref())));
    }
    let segment = segment(c.local_shard(), 1, 16);
    PROMISE.send(&c, to, segment.clone()).await?;
    PROMISE.expect(&*b, segment).await?;

    let mut waiting = JoinSet::new();
    for _ in 0..2 {
        let b = b.clone();
        waiting.spawn(async move { PROMISE.expect_end(&*b).await });
    }
    // Until they wait.
    sleep(QUIET).await;
    drop(c);
    joined(waiting).await?;
    PROMISE.expect_end(&*b).await
}

/// Checks that a send to a peer that is gone ends, with `Ok` or with
/// [`Closed`](TransportError::Closed): one that was waiting for room when the peer went, and any after
/// it.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn gone_peer<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("gone_peer");
    const EXPECTED: &str = "`Ok` or `Closed` for each send to a shard that is gone";
    let [a, b] = PROMISE.connect(connect).await?;
    let to = b.local_shard();
    let flood = Flood::new(&a, to);
    let go = async {
        flood.stalls().await;
        drop(b);
        Ok(())
    };
    let sent = beside(go, PROMISE.within(EXPECTED, flood.run())).await?;
    let after = a.send_segment(to, segment(a.local_shard(), 0, 16).into());
    let after = PROMISE.within(EXPECTED, after).await?;
    for ended in [sent, after] {
        if !matches!(ended, Ok(()) | Err(TransportError::Closed)) {
            return Err(PROMISE.broken(EXPECTED, outcome(ended)));
        }
    }
    Ok(())
}
