//! What all of these tests say in their own words.

use std::time::Duration;

use shard_mesh::{Endpoint, ShardId};

/// What is sent, so that pages tell more than numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packet {
    Put { key: &'static str, value: u64 },
    Ack(u64),
    Beat,
}

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn put(key: &'static str, value: u64) -> Packet {
    Packet::Put { key, value }
}

pub(crate) async fn send(from: &Endpoint<Packet>, to: u64, packet: Packet) {
    from.send_segment(ShardId(to), packet).await.unwrap();
}

/// Takes what has arrived by now.
pub(crate) fn drain(at: &Endpoint<Packet>) -> Vec<Packet> {
    std::iter::from_fn(|| at.try_recv_segment().ok()).collect()
}
