//! What one link promises.

use std::collections::BTreeMap;

use super::payload::Payload;
use super::promise::{Broken, Promise, beside, outcome, segment};
use crate::contract::error::TransportError;
use crate::contract::shard_id::ShardId;
use crate::contract::transport::Transport;

/// Too many for most buffers.
const SEGMENTS: u64 = 300;

/// Checks that a send to a shard that does not exist is refused with
/// [`UnknownPeer`](TransportError::UnknownPeer) and its id, and does no harm to other sends.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn unknown_peer<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("unknown_peer");
    const NOBODY: ShardId = ShardId(99);
    let [a, b] = PROMISE.connect(connect).await?;
    let (from, to) = (a.local_shard(), b.local_shard());
    let refused = Err(TransportError::UnknownPeer(NOBODY));
    for number in 0..3 {
        let sent = a.send_segment(NOBODY, segment(from, number, 16).into());
        let sent = PROMISE.within(&outcome(refused), sent).await?;
        if sent != refused {
            return Err(PROMISE.broken(outcome(refused), outcome(sent)));
        }
        PROMISE.send(&a, to, segment(from, number, 16)).await?;
        PROMISE.expect(&b, segment(from, number, 16)).await?;
    }
    Ok(())
}

/// Checks that what one shard sends to another arrives in that order, once, whole and with all its
/// fields, while a second shard sends to the same.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn order<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("order");
    // Some are far larger than others, which must not overtake them.
    let size = |number| if number % 50 == 7 { 1 << 16 } else { 16 };
    let [a, b, c] = PROMISE.connect(connect).await?;
    let send_all = async |from: &T| {
        for number in 0..SEGMENTS {
            let segment = segment(from.local_shard(), number, size(number));
            PROMISE.send(from, b.local_shard(), segment).await?;
        }
        Ok(())
    };
    let mut due = BTreeMap::from([(a.local_shard(), 0), (c.local_shard(), 0)]);
    let receive_all = async {
        for _ in 0..2 * SEGMENTS {
            let came = PROMISE.receive(&b).await?;
            let Some(number) = due.get_mut(&came.source()) else {
                let expected = format!("a segment of one of {:?}", due.keys());
                return Err(PROMISE.broken(expected, format!("{came:?}")));
            };
            let due = segment(came.source(), *number, size(*number));
            PROMISE.compare(&due, Some(&came))?;
            *number += 1;
        }
        Ok(())
    };
    beside(send_all(&a), beside(send_all(&c), receive_all)).await?;
    PROMISE.expect_no_more(&b).await
}

/// Checks that payloads from 0 bytes to 4 MiB arrive whole.
///
/// # Errors
///
/// What came instead.
///
/// See the [module](super) for how it is called.
pub async fn big_payloads<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    const PROMISE: Promise = Promise("big_payloads");
    const SIZES: [usize; 7] = [0, 1, (1 << 16) - 1, 1 << 16, 1 << 20, 4 << 20, 1];
    let [a, b] = PROMISE.connect(connect).await?;
    for (number, size) in (0..).zip(SIZES) {
        let segment = segment(a.local_shard(), number, size);
        let send = PROMISE.send(&a, b.local_shard(), segment.clone());
        beside(send, PROMISE.expect(&b, segment)).await?;
    }
    Ok(())
}
