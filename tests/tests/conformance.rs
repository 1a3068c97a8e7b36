//! The conformance suite passes what keeps the promises, and names the promise that is broken by what
//! does not.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use shard_mesh::conformance::{self, Broken};
use shard_mesh::{
    Endpoint, InProcessTransportFactory, ShardId, Transport, TransportError, WalSegmentPayload,
};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};

fn connected<P: std::fmt::Debug + Send + 'static>(
    factory: &InProcessTransportFactory<P>,
    shards: &[ShardId],
) -> Vec<Endpoint<P>> {
    let endpoints = shards.iter().map(|&id| factory.create(id)).collect();
    for &from in shards {
        for &to in shards.iter().filter(|&&to| to != from) {
            factory.connect(from, to);
        }
    }
    endpoints
}

async fn in_process(shards: &[ShardId]) -> Vec<Endpoint> {
    connected(&InProcessTransportFactory::new(), shards)
}

#[tokio::test(start_paused = true)]
async fn the_in_process_transport_keeps_every_promise() -> Result<(), Broken> {
    conformance::check(in_process).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_so_on_several_threads() -> Result<(), Broken> {
    conformance::check(in_process).await
}

#[tokio::test(start_paused = true)]
async fn it_does_so_with_room_for_one_segment() -> Result<(), Broken> {
    let factory = || InProcessTransportFactory::<WalSegmentPayload>::new().with_capacity(1);
    conformance::check(async |shards: &[ShardId]| connected(&factory(), shards)).await
}

#[tokio::test(start_paused = true)]
async fn it_does_so_where_segments_take_their_time() -> Result<(), Broken> {
    conformance::check(async |shards: &[ShardId]| {
        let factory = InProcessTransportFactory::<WalSegmentPayload>::new();
        let endpoints = connected(&factory, shards);
        let latency = Duration::from_millis(1)..Duration::from_millis(5);
        factory.mesh().all().latency(latency);
        endpoints
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn it_does_so_behind_dyn() -> Result<(), Broken> {
    conformance::check(async |shards: &[ShardId]| {
        let endpoints = in_process(shards).await.into_iter();
        let boxed = endpoints.map(|endpoint| endpoint as Arc<dyn Transport>);
        boxed.collect::<Vec<_>>()
    })
    .await
}

#[derive(Debug)]
struct Packet(WalSegmentPayload);

impl From<WalSegmentPayload> for Packet {
    fn from(segment: WalSegmentPayload) -> Self {
        Self(segment)
    }
}

impl From<Packet> for WalSegmentPayload {
    fn from(packet: Packet) -> Self {
        packet.0
    }
}

#[tokio::test(start_paused = true)]
async fn it_does_so_with_a_payload_of_the_users_own() -> Result<(), Broken> {
    conformance::check(async |shards: &[ShardId]| {
        connected(&InProcessTransportFactory::<Packet>::new(), shards)
    })
    .await
}

/// What a transport does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Breach {
    Loses,
    Doubles,
    Reorders,
    LetsSmallOvertakeBig,
    ForgetsTheSequence,
    NeverSends,
    Truncates,
    FlipsABit,
    TakesForUnknownPeers,
    NamesAnotherUnknownPeer,
    LosesInACrowd,
    SendsToOneAtATime,
    DropsLastWords,
    ClosesWhenIdle,
    NeverCloses,
    ClosesForOneTask,
    WaitsForTheDead,
    ForgetsTheDead,
    LosesWhatWasDroppedWhileReceived,
    SendsHalfOfWhatWasDropped,
    SendsLateWhatWasDropped,
}

/// A transport that does one thing wrong.
struct Faulty {
    inner: Endpoint,
    breach: Breach,
    lock: Mutex<()>,
    busy: AtomicU64,
    closed: AtomicBool,
    /// Sends what is given to it, a little later, until the transport is dropped.
    later: (UnboundedSender<(ShardId, WalSegmentPayload)>, JoinSet<()>),
}

impl Faulty {
    fn new(inner: Endpoint, breach: Breach) -> Self {
        let (later, mut waiting) = unbounded_channel::<(ShardId, WalSegmentPayload)>();
        let (mut tasks, endpoint) = (JoinSet::new(), inner.clone());
        tasks.spawn(async move {
            while let Some((to, segment)) = waiting.recv().await {
                sleep(Duration::from_millis(2)).await;
                // The next need not wait until there is room for this one.
                let endpoint = endpoint.clone();
                tokio::spawn(async move { endpoint.send_segment(to, segment).await.ok() });
            }
        });
        Self {
            inner,
            breach,
            lock: Mutex::new(()),
            busy: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            later: (later, tasks),
        }
    }

    fn send_later(&self, to: ShardId, segment: WalSegmentPayload) {
        self.later.0.send((to, segment)).expect("its task runs");
    }
}

/// The same segment with other bytes.
fn with_data(segment: &WalSegmentPayload, change: impl FnOnce(&mut Vec<u8>)) -> WalSegmentPayload {
    let mut data = segment.data().to_vec();
    change(&mut data);
    WalSegmentPayload::new(segment.source(), segment.number(), data)
        .with_sequence(segment.sequence())
}

/// Sends a segment when it is dropped, unless it was taken before.
struct OnDrop(Endpoint, ShardId, Option<WalSegmentPayload>, Duration);

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(segment) = self.2.take() {
            let (endpoint, to, late) = (self.0.clone(), self.1, self.3);
            tokio::spawn(async move {
                sleep(late).await;
                endpoint.send_segment(to, segment).await.ok();
            });
        }
    }
}

#[async_trait]
impl Transport for Faulty {
    async fn send_segment(
        &self,
        to: ShardId,
        mut segment: WalSegmentPayload,
    ) -> Result<(), TransportError> {
        let (inner, size) = (&self.inner, segment.data().len());
        let fifth = segment.number() == 5;
        match self.breach {
            Breach::Loses if fifth => return Ok(()),
            Breach::Doubles if fifth => inner.send_segment(to, segment.clone()).await?,
            Breach::Reorders if fifth => {
                self.send_later(to, segment);
                return Ok(());
            }
            Breach::LetsSmallOvertakeBig if size > 1 << 10 => {
                self.send_later(to, segment);
                return Ok(());
            }
            Breach::ForgetsTheSequence => {
                let (source, number) = (segment.source(), segment.number());
                segment = WalSegmentPayload::new(source, number, segment.into_data());
            }
            Breach::NeverSends => pending().await,
            Breach::Truncates => segment = with_data(&segment, |data| data.truncate(1 << 20)),
            Breach::FlipsABit if size > 1 << 20 => {
                segment = with_data(&segment, |data| data[1 << 20] ^= 1);
            }
            Breach::LosesInACrowd => {
                let busy = self.busy.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
                self.busy.fetch_sub(1, Ordering::Relaxed);
                if busy > 0 {
                    return Ok(());
                }
            }
            Breach::DropsLastWords if to != ShardId(99) => {
                self.send_later(to, segment);
                return Ok(());
            }
            _ => {}
        }
        let _lock = match self.breach {
            Breach::SendsToOneAtATime => Some(self.lock.lock().await),
            _ => None,
        };
        let mut on_drop = OnDrop(inner.clone(), to, None, Duration::ZERO);
        match self.breach {
            Breach::SendsHalfOfWhatWasDropped => {
                on_drop.2 = Some(with_data(&segment, |data| data.truncate(size / 2)));
            }
            Breach::SendsLateWhatWasDropped => {
                (on_drop.2, on_drop.3) = (Some(segment.clone()), Duration::from_millis(20));
            }
            _ => {}
        }
        let sent = inner.send_segment(to, segment).await;
        on_drop.2 = None;
        match (self.breach, sent) {
            (Breach::TakesForUnknownPeers, Err(_)) => Ok(()),
            (Breach::NamesAnotherUnknownPeer, Err(_)) => {
                Err(TransportError::UnknownPeer(ShardId(0)))
            }
            (Breach::WaitsForTheDead, Err(TransportError::Closed)) => pending().await,
            (Breach::ForgetsTheDead, Err(_)) => Err(TransportError::UnknownPeer(to)),
            (_, sent) => sent,
        }
    }

    async fn recv_segment(&self) -> Option<WalSegmentPayload> {
        let received = match self.breach {
            Breach::ClosesWhenIdle => {
                let received = timeout(Duration::from_millis(30), self.inner.recv_segment());
                received.await.ok().flatten()
            }
            _ => self.inner.recv_segment().await,
        };
        match (self.breach, &received) {
            (Breach::NeverCloses, None) => pending().await,
            (Breach::ClosesForOneTask, None) if self.closed.swap(true, Ordering::Relaxed) => {
                pending::<()>().await;
            }
            (Breach::LosesWhatWasDroppedWhileReceived, _) => yield_now().await,
            _ => {}
        }
        received
    }

    fn local_shard(&self) -> ShardId {
        self.inner.local_shard()
    }
}

async fn faulty(breach: Breach, shards: &[ShardId]) -> Vec<Faulty> {
    let endpoints = in_process(shards).await.into_iter();
    endpoints
        .map(|endpoint| Faulty::new(endpoint, breach))
        .collect()
}

/// The promise that a transport with this breach is found to break.
async fn found(breach: Breach) -> Broken {
    let checked = conformance::check(async |shards: &[ShardId]| faulty(breach, shards).await).await;
    checked.expect_err(&format!("{breach:?} is not found"))
}

#[tokio::test(start_paused = true)]
async fn each_breach_is_found_as_that_of_its_promise() {
    for (breach, promise) in [
        (Breach::Loses, "order"),
        (Breach::Doubles, "order"),
        (Breach::Reorders, "order"),
        (Breach::LetsSmallOvertakeBig, "order"),
        (Breach::ForgetsTheSequence, "order"),
        (Breach::NeverSends, "order"),
        (Breach::Truncates, "big_payloads"),
        (Breach::FlipsABit, "big_payloads"),
        (Breach::TakesForUnknownPeers, "unknown_peer"),
        (Breach::NamesAnotherUnknownPeer, "unknown_peer"),
        (Breach::LosesInACrowd, "concurrency"),
        (Breach::SendsToOneAtATime, "independence"),
        (Breach::DropsLastWords, "closing"),
        (Breach::ClosesWhenIdle, "closing"),
        (Breach::NeverCloses, "closing"),
        (Breach::ClosesForOneTask, "closing"),
        (Breach::WaitsForTheDead, "gone_peer"),
        (Breach::ForgetsTheDead, "gone_peer"),
        (
            Breach::LosesWhatWasDroppedWhileReceived,
            "cancelled_receive",
        ),
        (Breach::SendsHalfOfWhatWasDropped, "cancelled_send"),
        (Breach::SendsLateWhatWasDropped, "cancelled_send"),
    ] {
        let broken = found(breach).await;
        assert_eq!(broken.promise(), promise, "{breach:?}: {broken}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_broke_is_told_in_full() {
    let broken = found(Breach::FlipsABit).await;
    let text = "the transport breaks the promise `big_payloads`
  expected: WalSegment { source: 3, number: 5, sequence: 16..=18, data: 4194304 B \"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x05\"… }
  came: the same, but with another byte 1048576";
    assert_eq!(broken.to_string(), text);
    assert_eq!(format!("{broken:?}"), text);
}

#[tokio::test(start_paused = true)]
async fn whoever_checks_sockets_on_a_paused_clock_is_told() {
    let broken = found(Breach::NeverSends).await.to_string();
    assert!(
        broken.contains("nothing within 5s of a paused clock"),
        "{broken}"
    );
    assert!(broken.contains("`start_paused = false`"), "{broken}");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "`connect` must return a transport for each shard, in their order")]
async fn other_transports_than_were_asked_for_are_a_mistake_in_the_test() {
    let backwards = async |shards: &[ShardId]| {
        let mut endpoints = in_process(shards).await;
        endpoints.reverse();
        endpoints
    };
    conformance::check(backwards).await.unwrap();
}
