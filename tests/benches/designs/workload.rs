use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use shard_mesh::ShardId;
use tokio::task::JoinHandle;

use super::{Design, Inlet, Outlet, Segment};

/// Who sends to whom. Every shard is a spawned task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Each sender sends to each receiver, in turn; each receiver receives until all senders are
    /// gone, as faulty links lose and duplicate.
    Fan { senders: u32, receivers: u32 },
    /// Two shards, each of which sends when it has received.
    Ping,
}

/// `1→8`, or `ping`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fan { senders, receivers } => write!(f, "{senders}→{receivers}"),
            Self::Ping => f.write_str("ping"),
        }
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "ping" {
            return Ok(Self::Ping);
        }
        let count = |text: &str| text.parse().map_err(|error| format!("`{text}`: {error}"));
        let (senders, receivers) = text
            .split_once('→')
            .ok_or_else(|| format!("`{text}` is neither `ping` nor of the form `1→8`"))?;
        Ok(Self::Fan {
            senders: count(senders)?,
            receivers: count(receivers)?,
        })
    }
}

const RECEIVES: &str = "the peer receives all that is sent";
const SENDS: &str = "the peer sends all that is received";

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workload {
    pub(crate) shape: Shape,
    pub(crate) segments: u32,
}

impl Workload {
    /// Runs it on a mesh of `design`; from before the first task is spawned to after the last one
    /// ended. The caller is on a runtime.
    pub(crate) async fn run<D: Design>(self, design: D) -> Duration {
        match self.shape {
            Shape::Fan { senders, receivers } => {
                let (outlets, inlets) = design.fan(senders, receivers);
                timed(|| spawn_fan(outlets, inlets, self.segments)).await
            }
            Shape::Ping => {
                let pair = design.pair();
                timed(|| spawn_ping(pair, self.segments)).await
            }
        }
    }
}

async fn timed(spawn: impl FnOnce() -> Vec<JoinHandle<()>>) -> Duration {
    let start = Instant::now();
    for task in spawn() {
        task.await.expect("a task of the workload");
    }
    start.elapsed()
}

fn spawn_fan<T: Outlet, R: Inlet>(
    outlets: Vec<T>,
    inlets: Vec<R>,
    segments: u32,
) -> Vec<JoinHandle<()>> {
    let senders = u32::try_from(outlets.len()).expect("few shards");
    let receivers = u32::try_from(inlets.len()).expect("few shards");
    let per_link = segments / (senders * receivers);
    let receiving = inlets.into_iter().map(|inlet| tokio::spawn(receive(inlet)));
    let mut tasks: Vec<_> = receiving.collect();
    tasks.extend(
        outlets
            .into_iter()
            .map(|outlet| tokio::spawn(send(outlet, receivers, per_link))),
    );
    tasks
}

async fn send(outlet: impl Outlet, receivers: u32, per_link: u32) {
    let data = body();
    for number in 0..per_link {
        for to in 0..receivers {
            // Not by `segment`: where that is not inlined, its result is copied as soon as it is
            // written. The processor stalls on that, and tokio's channel takes 97 ns in place of 68.
            let segment = Segment::new(ShardId(0), number.into(), data.clone());
            outlet.send(to, segment).await.expect(RECEIVES);
        }
    }
}

async fn receive(mut inlet: impl Inlet) {
    while inlet.receive().await.is_some() {}
}

fn spawn_ping<T: Outlet, R: Inlet>(
    [serving, returning]: [(T, R); 2],
    segments: u32,
) -> Vec<JoinHandle<()>> {
    let rounds = segments / 2;
    vec![
        tokio::spawn(give_back(returning, rounds)),
        tokio::spawn(serve(serving, rounds)),
    ]
}

async fn serve((outlet, mut inlet): (impl Outlet, impl Inlet), rounds: u32) {
    let data = body();
    for number in 0..rounds {
        outlet
            .send(0, segment(number, &data))
            .await
            .expect(RECEIVES);
        inlet.receive().await.expect(SENDS);
    }
}

async fn give_back((outlet, mut inlet): (impl Outlet, impl Inlet), rounds: u32) {
    for _ in 0..rounds {
        let segment = inlet.receive().await.expect(SENDS);
        outlet.send(0, segment).await.expect(RECEIVES);
    }
}

/// What each segment carries. The bytes are static: a count of references would be one more thing
/// that all threads write to, in every design alike.
pub(crate) fn body() -> Bytes {
    Bytes::from_static(&[7; 256])
}

pub(crate) fn segment(number: u32, data: &Bytes) -> Segment {
    Segment::new(ShardId(0), number.into(), data.clone())
}
