//! What every check does: connects, sends, receives, within bounded time, and says what broke.

use std::fmt::{self, Debug};
use std::future::poll_fn;
use std::panic::resume_unwind;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::{BufMut, BytesMut};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::payload::Payload;
use crate::contract::error::TransportError;
use crate::contract::payload::WalSegmentPayload;
use crate::contract::shard_id::ShardId;
use crate::contract::transport::Transport;

/// How long a check waits for what is due.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a check waits for what must not happen.
pub(super) const QUIET: Duration = Duration::from_millis(50);
/// Not in a row, so that an index is not taken for an id.
const SHARDS: [ShardId; 3] = [ShardId(3), ShardId(7), ShardId(1 << 40)];

/// A promise that a transport broke.
///
/// `Debug` says what `Display` does, because that is what a test prints that returns it or unwraps it.
///
/// ```
/// use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId, conformance};
///
/// # #[shard_mesh::test(peers = 0..2)]
/// # async fn main(_a: Endpoint, _b: Endpoint) {
/// // Connects nothing.
/// let broken = conformance::order(async |shards: &[ShardId]| {
///     let factory = InProcessTransportFactory::new();
///     shards.iter().map(|&shard| factory.create(shard)).collect::<Vec<Endpoint>>()
/// })
/// .await
/// .unwrap_err();
/// assert_eq!(broken.promise(), "order");
/// assert!(broken.to_string().contains("UnknownPeer(7)"));
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Broken {
    promise: &'static str,
    expected: String,
    came: String,
}

impl Broken {
    /// The name of the promise, which is that of its check.
    #[must_use]
    pub fn promise(&self) -> &'static str {
        self.promise
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            promise,
            expected,
            came,
        } = self;
        write!(
            f,
            "the transport breaks the promise `{promise}`\n  expected: {expected}\n  came: {came}"
        )
    }
}

impl std::error::Error for Broken {}

impl Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A promise that is being checked, by its name.
#[derive(Clone, Copy)]
pub(super) struct Promise(pub(super) &'static str);

impl Promise {
    pub(super) fn broken(self, expected: impl Into<String>, came: impl Into<String>) -> Broken {
        Broken {
            promise: self.0,
            expected: expected.into(),
            came: came.into(),
        }
    }

    /// `future`, if it completes in time.
    pub(super) async fn within<F: Future>(
        self,
        expected: &str,
        future: F,
    ) -> Result<F::Output, Broken> {
        let began = Instant::now();
        timeout(PATIENCE, future).await.map_err(|_| {
            let hint = if began.elapsed() < PATIENCE / 2 {
                " of a paused clock (real sockets need the real one: `start_paused = false`)"
            } else {
                ""
            };
            self.broken(expected, format!("nothing within {PATIENCE:?}{hint}"))
        })
    }

    /// As many shards, connected each to each.
    pub(super) async fn connect<T, P, const N: usize>(
        self,
        connect: impl AsyncFn(&[ShardId]) -> Vec<T>,
    ) -> Result<[T; N], Broken>
    where
        T: Transport<P>,
        P: Payload,
    {
        let ids = &SHARDS[..N];
        let transports = self.within("transports", connect(ids)).await?;
        let got: Vec<_> = transports.iter().map(Transport::local_shard).collect();
        assert_eq!(
            got, ids,
            "`connect` must return a transport for each shard, in their order"
        );
        Ok(transports.try_into().ok().expect("as many as ids"))
    }

    /// Sends a segment, which must be taken.
    pub(super) async fn send<T, P>(
        self,
        from: &T,
        to: ShardId,
        segment: WalSegmentPayload,
    ) -> Result<(), Broken>
    where
        T: Transport<P>,
        P: Payload,
    {
        let expected = format!("`Ok` for {segment:?} to shard {to}");
        let sent = self
            .within(&expected, from.send_segment(to, segment.into()))
            .await?;
        sent.map_err(|error| self.broken(expected, outcome(Err(error))))
    }

    /// Receives a segment, which must come.
    pub(super) async fn receive<T, P>(self, at: &T) -> Result<WalSegmentPayload, Broken>
    where
        T: Transport<P>,
        P: Payload,
    {
        let expected = format!("a segment at shard {}", at.local_shard());
        let received = self.within(&expected, at.recv_segment()).await?;
        received
            .map(P::into)
            .ok_or_else(|| self.broken(expected, "`None`"))
    }

    /// Receives this segment and no other.
    pub(super) async fn expect<T, P>(self, at: &T, due: WalSegmentPayload) -> Result<(), Broken>
    where
        T: Transport<P>,
        P: Payload,
    {
        let came = self.within(&format!("{due:?}"), at.recv_segment()).await?;
        self.compare(&due, came.map(P::into).as_ref())
    }

    /// What came must be what was due.
    pub(super) fn compare(
        self,
        due: &WalSegmentPayload,
        came: Option<&WalSegmentPayload>,
    ) -> Result<(), Broken> {
        let (expected, shown) = (format!("{due:?}"), show(came));
        match came {
            Some(came) if came == due => Ok(()),
            // `Debug` shows the first bytes alone.
            Some(came) if expected == shown => {
                let mut bytes = due.data().iter().zip(came.data());
                let byte = bytes.position(|(due, came)| due != came);
                let shown = format!(
                    "the same, but with another byte {}",
                    byte.unwrap_or_default()
                );
                Err(self.broken(expected, shown))
            }
            _ => Err(self.broken(expected, shown)),
        }
    }

    /// The end must have come.
    pub(super) async fn expect_end<T, P>(self, at: &T) -> Result<(), Broken>
    where
        T: Transport<P>,
        P: Payload,
    {
        let expected = format!(
            "`None` at shard {}: all its peers are gone",
            at.local_shard()
        );
        match self.within(&expected, at.recv_segment()).await? {
            None => Ok(()),
            came => Err(self.broken(expected, show(came.map(P::into).as_ref()))),
        }
    }

    /// All was received, so no segment must come.
    pub(super) async fn expect_no_more<T, P>(self, at: &T) -> Result<(), Broken>
    where
        T: Transport<P>,
        P: Payload,
    {
        match timeout(QUIET, at.recv_segment()).await {
            Ok(Some(more)) => Err(self.broken("no more segments", show(Some(&more.into())))),
            _ => Ok(()),
        }
    }
}

/// `main`, with `aside` running beside it until it is done, unless that breaks a promise first.
pub(super) async fn beside<T>(
    aside: impl Future<Output = Result<(), Broken>>,
    main: impl Future<Output = Result<T, Broken>>,
) -> Result<T, Broken> {
    let (mut aside, mut main) = (pin!(aside), pin!(main));
    let mut runs = true;
    poll_fn(|cx| {
        if runs {
            match aside.as_mut().poll(cx) {
                Poll::Ready(Err(broken)) => return Poll::Ready(Err(broken)),
                Poll::Ready(Ok(())) => runs = false,
                Poll::Pending => {}
            }
        }
        main.as_mut().poll(cx)
    })
    .await
}

/// Waits for all tasks, or for the first that breaks a promise.
pub(super) async fn joined(mut tasks: JoinSet<Result<(), Broken>>) -> Result<(), Broken> {
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap_or_else(|panicked| resume_unwind(panicked.into_panic()))?;
    }
    Ok(())
}

/// What a send said, without the advice that its errors give to whoever wires a test.
pub(super) fn outcome(sent: Result<(), TransportError>) -> String {
    match sent {
        Ok(()) => "`Ok`".to_owned(),
        Err(TransportError::UnknownPeer(peer)) => format!("`UnknownPeer({peer})`"),
        Err(TransportError::Closed) => "`Closed`".to_owned(),
    }
}

pub(super) fn show(came: Option<&WalSegmentPayload>) -> String {
    came.map_or("`None`".to_owned(), |segment| format!("{segment:?}"))
}

/// A segment by its shard and number, all of whose fields and bytes tell it from others.
pub(super) fn segment(source: ShardId, number: u64, size: usize) -> WalSegmentPayload {
    let mut data = BytesMut::with_capacity(size + 8);
    for word in number.. {
        if data.len() >= size {
            break;
        }
        data.put_u64(word);
    }
    data.truncate(size);
    WalSegmentPayload::new(source, number, data.freeze())
        .with_sequence(3 * number + 1..=3 * number + 3)
}
