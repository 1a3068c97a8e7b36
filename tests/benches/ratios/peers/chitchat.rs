//! chitchat's transport for tests: one channel per node, found in a map under one global mutex;
//! every message is encoded and decoded on the way, and dropped when the channel is full.
//!
//! It carries chitchat's own messages only, so the smallest of them is measured, and one that is
//! as long as a segment's body.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chitchat::transport::{ChannelTransport, Socket, Transport};
use chitchat::{ChitchatEnvelope, ChitchatMessage, ProtocolVersion};

use crate::designs::{Threads, plain};

/// The sender lets the receiver run after so many: with 100 on the way the transport drops.
const BURST: u32 = 64;

/// Messages without a body.
pub(super) fn empty(segments: u32) -> Duration {
    plain(
        Threads::One,
        send_all(segments, || ChitchatMessage::BadCluster),
    )
}

/// Messages with 256 bytes, which each must own.
pub(super) fn full(segments: u32) -> Duration {
    plain(Threads::One, send_all(segments, syn))
}

#[allow(
    clippy::default_trait_access,
    reason = "the type of a digest has no public name"
)]
fn syn() -> ChitchatMessage {
    let cluster_id = "7".repeat(256);
    ChitchatMessage::Syn {
        cluster_id,
        digest: Default::default(),
    }
}

async fn send_all(segments: u32, message: fn() -> ChitchatMessage) -> Duration {
    let transport = ChannelTransport::with_mtu(60_000);
    let [from, to] = [1, 2].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let sender = transport.open(from).await.expect("a free address");
    let receiver = transport.open(to).await.expect("a free address");

    let start = Instant::now();
    let receiving = tokio::spawn(receive(receiver, segments));
    let sending = tokio::spawn(send(sender, to, segments, message));
    sending.await.expect("the sender");
    receiving.await.expect("the receiver");
    start.elapsed()
}

async fn send(
    mut socket: Box<dyn Socket>,
    to: SocketAddr,
    segments: u32,
    message: fn() -> ChitchatMessage,
) {
    for number in 0..segments {
        let envelope = ChitchatEnvelope {
            version: ProtocolVersion::V0,
            message: message(),
        };
        socket
            .send(to, envelope)
            .await
            .expect("a message that fits");
        if number % BURST == BURST - 1 {
            tokio::task::yield_now().await;
        }
    }
}

async fn receive(mut socket: Box<dyn Socket>, segments: u32) {
    for _ in 0..segments {
        std::hint::black_box(socket.recv().await.expect("nothing is dropped"));
    }
}
