//! Many at once: tasks on one transport, and peers of which one does not receive.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::flood::Flood;
use super::payload::Payload;
use super::promise::{Broken, Promise, QUIET, beside, joined, segment};
use crate::contract::payload::WalSegmentPayload;
use crate::contract::shard_id::ShardId;
use crate::contract::transport::Transport;

/// Tasks that send from one shard to another, and that receive at one shard.
const TASKS: u64 = 4;
/// Segments that each of them sends.
const SEGMENTS: u64 = 50;

/// Checks that many tasks can send and receive at once on each of three transports, and that nothing is
/// lost or doubled.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn concurrency<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("concurrency");
    let shards: [T; 3] = PROMISE.connect(connect).await?;
    let shards = shards.map(Arc::new);
    let (mut senders, mut receivers) = (JoinSet::new(), JoinSet::new());
    let mut inboxes = Vec::new();
    for at in &shards {
        let inbox = Arc::<Mutex<Vec<_>>>::default();
        for task in 0..TASKS {
            receivers.spawn(receive_all(at.clone(), inbox.clone()));
            for from in shards
                .iter()
                .filter(|from| from.local_shard() != at.local_shard())
            {
                senders.spawn(send_all(PROMISE, from.clone(), at.local_shard(), task));
            }
        }
        inboxes.push(inbox);
    }
    joined(senders).await?;
    for (at, inbox) in shards.iter().zip(inboxes) {
        let mut due = Vec::new();
        for from in shards
            .iter()
            .filter(|from| from.local_shard() != at.local_shard())
        {
            due.extend((0..TASKS * SEGMENTS).map(|number| segment(from.local_shard(), number, 16)));
        }
        let all = async {
            while lock(&inbox).len() < due.len() {
                sleep(Duration::from_millis(1)).await;
            }
        };
        // Which one does not come is told below.
        PROMISE.within("", all).await.ok();
        sleep(QUIET).await;
        each_once(PROMISE, &due, &lock(&inbox))?;
    }
    Ok(())
}

async fn send_all<T, P>(
    promise: Promise,
    from: Arc<T>,
    to: ShardId,
    task: u64,
) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    for number in task * SEGMENTS..(task + 1) * SEGMENTS {
        promise
            .send(&*from, to, segment(from.local_shard(), number, 16))
            .await?;
    }
    Ok(())
}

async fn receive_all<T, P>(at: Arc<T>, inbox: Arc<Mutex<Vec<WalSegmentPayload>>>)
where
    T: Transport<P>,
    P: Payload,
{
    while let Some(payload) = at.recv_segment().await {
        lock(&inbox).push(payload.into());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn each_once(
    promise: Promise,
    due: &[WalSegmentPayload],
    came: &[WalSegmentPayload],
) -> Result<(), Broken> {
    for segment in due {
        let times = came.iter().filter(|came| *came == segment).count();
        if times != 1 {
            return Err(promise.broken(format!("{segment:?} once"), format!("{times} times")));
        }
    }
    match came.iter().find(|segment| !due.contains(segment)) {
        None => Ok(()),
        Some(foreign) => Err(promise.broken("what was sent", format!("{foreign:?}"))),
    }
}

/// Checks that a peer that does not receive slows no other: what is sent to another one arrives.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn independence<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("independence");
    let [a, b, c] = PROMISE.connect(connect).await?;
    let flood = Flood::new(&a, b.local_shard());
    let others = async {
        flood.stalls().await;
        for number in 0..10 {
            let segment = segment(a.local_shard(), number, 16);
            PROMISE.send(&a, c.local_shard(), segment.clone()).await?;
            PROMISE.expect(&c, segment).await?;
        }
        Ok(())
    };
    let flooding = async {
        flood.run().await.ok();
        Ok(())
    };
    beside(flooding, others).await
}
