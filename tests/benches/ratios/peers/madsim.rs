//! madsim: simulated nodes on an executor of its own, with random scheduling, and datagrams each
//! with a latency and a timer of its own, as it is configured by default.
//!
//! Its simulator exists under `RUSTFLAGS="--cfg madsim"` only, and so does this module.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use madsim::net::Endpoint;
use madsim::runtime::{Handle, NodeHandle, Runtime};

use super::wire;

const TAG: u64 = 1;

pub(super) fn datagrams(segments: u32) -> Duration {
    let runtime = Runtime::new();
    let [from, to] = [1, 2].map(|host| SocketAddr::from(([10, 0, 0, host], 1)));
    let [sender, receiver] = [from, to].map(|address| node(runtime.handle(), address));

    let start = Instant::now();
    runtime.block_on(async move {
        let inbox = receiver
            .spawn(Endpoint::bind(to))
            .await
            .expect("a node")
            .expect("an address");
        let receiving = receiver.spawn(receive(inbox, segments));
        sender.spawn(send(from, to, segments));
        receiving.await.expect("the receiver");
    });
    start.elapsed()
}

fn node(handle: &Handle, address: SocketAddr) -> NodeHandle {
    handle.create_node().ip(address.ip()).build()
}

async fn send(from: SocketAddr, to: SocketAddr, segments: u32) {
    let endpoint = Endpoint::bind(from).await.expect("an address");
    let body = wire::body();
    for number in 0..segments {
        let segment = wire::encode(&wire::segment(number, &body));
        endpoint.send_to(to, TAG, &segment).await.expect("a route");
    }
}

async fn receive(inbox: Endpoint, segments: u32) {
    let mut buffer = [0; wire::LENGTH];
    for _ in 0..segments {
        inbox.recv_from(TAG, &mut buffer).await.expect("a datagram");
        black_box(wire::decode(&buffer));
    }
}
