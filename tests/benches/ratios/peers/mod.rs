//! Other crates that connect the nodes of a test in one process, in the same rounds as the baseline.
//!
//! They do more than carry segments, and some of it cannot be turned off; each module says what.

mod chitchat;
pub(crate) mod gossip;
#[cfg(all(feature = "peer-madsim", madsim))]
mod madsim;
mod turmoil;
mod wire;

use std::time::Duration;

use crate::candidate::{LOGGED, TOKIO_MPSC};
use crate::designs::{Shape, Threads, Workload};
use crate::rounds::{Measure, interleave};
use crate::segments::row;
use crate::table::{Bound, heading};

const SEGMENTS: u32 = 1 << 13;

/// Sends that many segments and returns what it took.
type Send = fn(u32) -> Duration;

/// A peer, and how many times as fast as it shard-mesh is to be.
struct Peer {
    name: &'static str,
    send: Send,
    bound: Bound,
}

pub(crate) fn run(rounds: usize) {
    if cfg!(not(all(feature = "peer-madsim", madsim))) {
        println!(
            "\nmadsim is left out: it simulates only with `--features peer-madsim` and RUSTFLAGS=\"--cfg madsim\""
        );
    }
    let streams = [
        Peer {
            name: "turmoil, TCP, no latency",
            send: turmoil::stream,
            bound: Bound::AtLeast(4.0),
        },
        Peer {
            name: "turmoil, TCP, its defaults",
            send: turmoil::default_stream,
            bound: Bound::AtLeast(4.0),
        },
        Peer {
            name: "chitchat, empty message",
            send: chitchat::empty,
            bound: Bound::AtLeast(2.0),
        },
        Peer {
            name: "chitchat, message of 256 B",
            send: chitchat::full,
            bound: Bound::AtLeast(2.0),
        },
        #[cfg(all(feature = "peer-madsim", madsim))]
        Peer {
            name: "madsim, datagrams",
            send: madsim::datagrams,
            bound: Bound::AtLeast(12.0),
        },
    ];
    let one_link = Shape::Fan {
        senders: 1,
        receivers: 1,
    };
    compare("peers, 1→1", one_link, &streams, rounds);
    let pings = [Peer {
        name: "turmoil, UDP ping",
        send: turmoil::ping,
        bound: Bound::None,
    }];
    compare("peers, ping", Shape::Ping, &pings, rounds);
}

fn compare(title: &str, shape: Shape, peers: &[Peer], rounds: usize) {
    let work = Workload {
        shape,
        segments: 4 * SEGMENTS,
    };
    let mut measures: Vec<Measure> = [TOKIO_MPSC, LOGGED]
        .map(|design| design.measure(Threads::One, work))
        .into();
    for Peer { send, .. } in peers {
        let send = *send;
        measures.push(Box::new(move || send(SEGMENTS) / SEGMENTS));
    }
    let samples = interleave(rounds, &mut measures);
    let [baseline, own, others @ ..] = &samples[..] else {
        unreachable!("as many as were measured");
    };
    heading(title, TOKIO_MPSC.name, "peer", "of it");
    for (peer, samples) in peers.iter().zip(others) {
        let mut cost = row(peer.name, baseline, samples, Bound::None);
        cost.ratio = Some(samples.relative_to(baseline));
        cost.print();
    }
    heading(
        &format!("{title}, {}", LOGGED.name),
        "peer",
        "this",
        "ratio",
    );
    for (peer, samples) in peers.iter().zip(others) {
        let what = format!("against {}", peer.name);
        row(&what, samples, own, peer.bound).print();
    }
}
