//! More than one who does not receive can hold.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::sleep;

use super::payload::Payload;
use super::promise::{QUIET, segment};
use crate::contract::error::TransportError;
use crate::contract::shard_id::ShardId;
use crate::contract::transport::Transport;

/// 16 MiB in all, which a transport without a bound has to hold.
const SEGMENTS: u64 = 1024;
const SIZE: usize = 1 << 14;

pub(super) struct Flood<'a, T> {
    from: &'a T,
    to: ShardId,
    sent: AtomicU64,
}

impl<'a, T> Flood<'a, T> {
    pub(super) fn new(from: &'a T, to: ShardId) -> Self {
        Self {
            from,
            to,
            sent: AtomicU64::new(0),
        }
    }

    /// Sends until all is sent or a send is refused.
    pub(super) async fn run<P>(&self) -> Result<(), TransportError>
    where
        T: Transport<P>,
        P: Payload,
    {
        let source = self.from.local_shard();
        for number in 0..SEGMENTS {
            let segment = segment(source, number, SIZE);
            self.from.send_segment(self.to, segment.into()).await?;
            self.sent.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Waits until nothing more is taken.
    pub(super) async fn stalls(&self) {
        let mut before = None;
        loop {
            let now = self.sent.load(Ordering::Relaxed);
            if before == Some(now) {
                return;
            }
            before = Some(now);
            sleep(QUIET).await;
        }
    }
}
