//! A transport of the user's own, over TCP, and the suite that it passes as well as the mesh does: the
//! system that was tested on the one can run on the other. Beside it one with a bug that nobody sees
//! until a `select!` drops a future, and the suite that names it.
//!
//! Learn from it: what is written against `Transport` does not know what it runs on; all that the suite
//! asks for is a function that connects some shards; and a transport keeps the promises with least
//! effort if tasks of its own do the reading and writing, so that what a caller drops is no more than a
//! place in a queue. It leans on the promises themselves, which `shard_mesh::conformance` lists, with
//! what it does not ask of a network.
//!
//! `cargo run --example real_transport`

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use shard_mesh::conformance::{self, Broken};
use shard_mesh::{
    Endpoint, InProcessTransportFactory, ShardId, Transport, TransportError, WalSegmentPayload,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec};
use tokio_util::task::AbortOnDropHandle;

/// How many segments wait for their socket, and how many for the system.
const QUEUE: usize = 16;
/// Four numbers, before the bytes of the segment.
const HEADER: usize = 32;
/// More than the suite sends, and a bound to what a stranger can make us allocate.
const MAX_FRAME: usize = 16 << 20;

fn encode(segment: &WalSegmentPayload) -> Bytes {
    let sequence = segment.sequence();
    let mut frame = BytesMut::with_capacity(HEADER + segment.data().len());
    frame.put_u64(segment.source().0);
    frame.put_u64(segment.number());
    frame.put_u64(*sequence.start());
    frame.put_u64(*sequence.end());
    frame.put_slice(segment.data());
    frame.freeze()
}

fn decode(mut frame: Bytes) -> io::Result<WalSegmentPayload> {
    if frame.len() < HEADER {
        let error = format!(
            "a frame of {} bytes, where the header has {HEADER}",
            frame.len()
        );
        return Err(io::Error::new(ErrorKind::InvalidData, error));
    }
    let source = ShardId(frame.get_u64());
    let number = frame.get_u64();
    let sequence = frame.get_u64()..=frame.get_u64();
    if sequence.is_empty() {
        let error = format!("segment {number} of shard {source} has the sequence {sequence:?}");
        return Err(io::Error::new(ErrorKind::InvalidData, error));
    }
    Ok(WalSegmentPayload::new(source, number, frame).with_sequence(sequence))
}

fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .max_frame_length(MAX_FRAME)
        .new_codec()
}

/// A shard on the network. To each peer leads a connection that it writes to; from each comes one that
/// it reads from, so that to close one loses nothing that goes the other way.
struct TcpTransport {
    id: ShardId,
    outgoing: BTreeMap<ShardId, mpsc::Sender<WalSegmentPayload>>,
    inbox: Mutex<mpsc::Receiver<WalSegmentPayload>>,
    /// Closes what it reads from when it is dropped, which peers that write notice sooner or later.
    _reading: AbortOnDropHandle<()>,
}

impl TcpTransport {
    /// Connects to all peers, who connect to `listener` in their turn.
    async fn start(
        id: ShardId,
        listener: TcpListener,
        peers: &BTreeMap<ShardId, SocketAddr>,
    ) -> io::Result<Self> {
        let mut outgoing = BTreeMap::new();
        for (&peer, &address) in peers.iter().filter(|(peer, _)| **peer != id) {
            let socket = TcpStream::connect(address).await?;
            socket.set_nodelay(true)?;
            let (queue, waiting) = mpsc::channel(QUEUE);
            // Outlives the transport until all that was sent is written.
            tokio::spawn(write_all(socket, waiting));
            outgoing.insert(peer, queue);
        }
        let (arrived, inbox) = mpsc::channel(QUEUE);
        let reading = tokio::spawn(read_from(listener, outgoing.len(), arrived));
        Ok(Self {
            id,
            outgoing,
            inbox: Mutex::new(inbox),
            _reading: AbortOnDropHandle::new(reading),
        })
    }
}

/// Ends when the transport is dropped and all is written, or with the connection; then the queue is
/// closed, which is how a sender learns of it.
async fn write_all(socket: TcpStream, mut queue: mpsc::Receiver<WalSegmentPayload>) {
    let mut frames = FramedWrite::new(socket, codec());
    while let Some(segment) = queue.recv().await {
        if frames.send(encode(&segment)).await.is_err() {
            return;
        }
    }
}

/// Reads from so many peers. When the last has closed its connection nobody holds `arrived` any more,
/// and the inbox ends.
async fn read_from(listener: TcpListener, peers: usize, arrived: mpsc::Sender<WalSegmentPayload>) {
    let mut readers = JoinSet::new();
    while readers.len() < peers {
        // One that cannot accept is done: who has not connected by then is not heard.
        let Ok((socket, _)) = listener.accept().await else {
            break;
        };
        readers.spawn(read_all(socket, arrived.clone()));
    }
    drop(arrived);
    readers.join_all().await;
}

/// Ends with the connection, also when what comes is no segment.
async fn read_all(socket: TcpStream, arrived: mpsc::Sender<WalSegmentPayload>) {
    let mut frames = FramedRead::new(socket, codec());
    while let Some(Ok(frame)) = frames.next().await {
        let segment = match decode(frame.freeze()) {
            Ok(segment) => segment,
            Err(error) => return eprintln!("a peer is cut off: {error}"),
        };
        if arrived.send(segment).await.is_err() {
            return;
        }
    }
}

#[async_trait::async_trait]
impl Transport for TcpTransport {
    async fn send_segment(
        &self,
        to: ShardId,
        segment: WalSegmentPayload,
    ) -> Result<(), TransportError> {
        let queue = self
            .outgoing
            .get(&to)
            .ok_or(TransportError::UnknownPeer(to))?;
        queue
            .send(segment)
            .await
            .map_err(|_| TransportError::Closed)
    }

    async fn recv_segment(&self) -> Option<WalSegmentPayload> {
        self.inbox.lock().await.recv().await
    }

    fn local_shard(&self) -> ShardId {
        self.id
    }
}

/// The same, but gently: it hands out a segment a millisecond. Broken: who drops the future in that
/// millisecond loses the segment.
struct Throttled(TcpTransport);

#[async_trait::async_trait]
impl Transport for Throttled {
    async fn send_segment(
        &self,
        to: ShardId,
        segment: WalSegmentPayload,
    ) -> Result<(), TransportError> {
        self.0.send_segment(to, segment).await
    }

    async fn recv_segment(&self) -> Option<WalSegmentPayload> {
        let segment = self.0.recv_segment().await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        segment
    }

    fn local_shard(&self) -> ShardId {
        self.0.local_shard()
    }
}

async fn in_process(shards: &[ShardId]) -> Vec<Endpoint> {
    let factory = InProcessTransportFactory::new();
    let endpoints = shards.iter().map(|&shard| factory.create(shard)).collect();
    for &from in shards {
        for &to in shards.iter().filter(|&&to| to != from) {
            factory.connect(from, to);
        }
    }
    endpoints
}

async fn over_tcp(shards: &[ShardId]) -> Vec<TcpTransport> {
    let (mut listeners, mut addresses) = (Vec::new(), BTreeMap::new());
    for &shard in shards {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        addresses.insert(shard, listener.local_addr().unwrap());
        listeners.push((shard, listener));
    }
    let mut transports = Vec::new();
    for (shard, listener) in listeners {
        transports.push(
            TcpTransport::start(shard, listener, &addresses)
                .await
                .unwrap(),
        );
    }
    transports
}

async fn throttled(shards: &[ShardId]) -> Vec<Throttled> {
    over_tcp(shards).await.into_iter().map(Throttled).collect()
}

/// The system: a leader ships a log, and a follower counts what it applies, until the leader is gone.
async fn ship<T: Transport>(
    connect: impl AsyncFn(&[ShardId]) -> Vec<T>,
) -> Result<u64, TransportError> {
    let shards = connect(&[ShardId(0), ShardId(1)]).await;
    let [leader, follower] = shards.try_into().ok().expect("two were asked for");
    let follower = tokio::spawn(async move {
        let mut applied = 0;
        while let Some(segment) = follower.recv_segment().await {
            assert_eq!(segment.number(), applied + 1, "a gap in the log");
            applied += 1;
        }
        applied
    });
    for number in 1..=1000 {
        let segment = WalSegmentPayload::new(ShardId(0), number, vec![7; 1024]);
        leader.send_segment(ShardId(1), segment).await?;
    }
    drop(leader);
    Ok(follower.await.expect("the follower ends"))
}

#[tokio::test(start_paused = true)]
async fn every_promise_is_kept_in_process() -> Result<(), Broken> {
    conformance::check(in_process).await
}

#[tokio::test]
async fn every_promise_is_kept_over_tcp() -> Result<(), Broken> {
    conformance::check(over_tcp).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_is_kept_over_tcp_on_several_threads() -> Result<(), Broken> {
    conformance::check(over_tcp).await
}

#[tokio::test]
async fn the_suite_names_what_the_throttled_one_breaks() {
    let broken = conformance::cancelled_receive(throttled).await.unwrap_err();
    assert_eq!(broken.promise(), "cancelled_receive");
}

#[tokio::test]
async fn the_same_system_runs_on_both() {
    assert_eq!(ship(in_process).await, Ok(1000));
    assert_eq!(ship(over_tcp).await, Ok(1000));
}

#[test]
fn a_frame_holds_all_of_a_segment() {
    let segment = WalSegmentPayload::new(ShardId(7), 3, "put k v").with_sequence(41..=u64::MAX);
    assert_eq!(decode(encode(&segment)).unwrap(), segment);
}

#[test]
fn a_frame_that_is_no_segment_is_refused() {
    let error = decode(Bytes::from_static(b"GET / HTTP/1.1")).unwrap_err();
    assert!(error.to_string().contains("14 bytes"), "{error}");
    let frame = [7, 3, 42, 41].map(u64::to_be_bytes).concat();
    let error = decode(frame.into()).unwrap_err();
    assert!(
        error.to_string().contains("the sequence 42..=41"),
        "{error}"
    );
}

fn verdict(checked: &Result<(), Broken>) -> &'static str {
    if checked.is_ok() { "kept" } else { "BROKEN" }
}

/// A row for each of these checks, with a column for each transport.
macro_rules! rows {
    ($($check:ident)*) => {$(
        println!(
            "{:<20}{:<14}{:<12}{}",
            stringify!($check),
            verdict(&conformance::$check(in_process).await),
            verdict(&conformance::$check(over_tcp).await),
            verdict(&conformance::$check(throttled).await),
        );
    )*};
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), TransportError> {
    let began = Instant::now();
    let applied = ship(in_process).await?;
    println!(
        "in process, a follower applied {applied} segments in {:?}",
        began.elapsed()
    );
    let began = Instant::now();
    let applied = ship(over_tcp).await?;
    println!(
        "over TCP, a follower applied {applied} segments in {:?}\n",
        began.elapsed()
    );

    println!("promise             in process    over TCP    throttled");
    rows!(order big_payloads unknown_peer concurrency independence);
    rows!(closing gone_peer cancelled_receive cancelled_send);
    if let Err(broken) = conformance::cancelled_receive(throttled).await {
        println!("\n{broken}");
    }
    Ok(())
}
