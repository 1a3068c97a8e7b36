use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;

use crate::contract::error::TransportError;
use crate::contract::payload::WalSegmentPayload;
use crate::contract::shard_id::ShardId;

/// A shard's way to send segments to its peers and to receive theirs.
///
/// Write a replicated system against this trait, test it on an
/// [`InProcessTransport`](crate::InProcessTransport), and run it on a transport of your own. The
/// trait is dyn-compatible, and `Arc<T>` is a transport where `T` is, so an
/// [`Endpoint`](crate::Endpoint), an `Arc<dyn Transport>` and an `impl Transport` all do.
///
/// `P` is what is sent: anything that is `Debug + Send + 'static`.
///
/// ```
/// use std::sync::Arc;
/// use shard_mesh::{Endpoint, ShardId, Transport, WalSegmentPayload};
///
/// /// Sends everything that arrives here on to `next`.
/// async fn relay(transport: Arc<dyn Transport>, next: ShardId) {
///     while let Some(segment) = transport.recv_segment().await {
///         transport.send_segment(next, segment).await.unwrap();
///     }
/// }
///
/// #[shard_mesh::test(peers = 0..3, topology = chain)]
/// async fn main(first: Endpoint, middle: Endpoint, last: Endpoint) {
///     tokio::spawn(relay(middle, ShardId(2)));
///     let segment = WalSegmentPayload::new(ShardId(0), 1, "put k v");
///     first.send_segment(ShardId(1), segment.clone()).await.unwrap();
///     assert_eq!(last.recv_segment().await, Some(segment));
/// }
/// ```
///
/// A transport of your own is written with [`#[async_trait]`](macro@async_trait), which boxes the
/// future of each call.
#[async_trait]
pub trait Transport<P = WalSegmentPayload>: Send + Sync + 'static
where
    P: Debug + Send + 'static,
{
    /// Sends `payload` to `to_shard`, waiting for room on that link.
    ///
    /// # Errors
    ///
    /// [`TransportError::UnknownPeer`] if no link leads there, [`TransportError::Closed`] if one
    /// of the two endpoints is gone.
    ///
    /// # Cancel safety
    ///
    /// A dropped future has either sent the segment or not touched the link.
    async fn send_segment(&self, to_shard: ShardId, payload: P) -> Result<(), TransportError>;

    /// Receives the next segment, from whichever link it came; `None` once no open link leads
    /// here and all that had arrived has been handed out.
    ///
    /// # Cancel safety
    ///
    /// A dropped future loses nothing.
    async fn recv_segment(&self) -> Option<P>;

    /// The shard whose transport this is.
    fn local_shard(&self) -> ShardId;
}

/// The future of an async method of a trait, as `#[async_trait]` writes it.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

// By hand: under `#[async_trait]` an `async fn` would box a future around the one that `T` boxes
// already.
impl<P, T> Transport<P> for Arc<T>
where
    P: Debug + Send + 'static,
    T: Transport<P> + ?Sized,
{
    fn send_segment<'a, 'async_trait>(
        &'a self,
        to_shard: ShardId,
        payload: P,
    ) -> BoxFuture<'async_trait, Result<(), TransportError>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        T::send_segment(self, to_shard, payload)
    }

    fn recv_segment<'a, 'async_trait>(&'a self) -> BoxFuture<'async_trait, Option<P>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        T::recv_segment(self)
    }

    fn local_shard(&self) -> ShardId {
        T::local_shard(self)
    }
}
