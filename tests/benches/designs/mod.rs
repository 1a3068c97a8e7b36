//! The designs that are compared, and the work that all of them are given alike.
//!
//! A design wires shards together; a shard is a task that holds an [`Outlet`], an [`Inlet`], or
//! both. What differs from design to design is behind these traits only. They are resolved at
//! compile time and give the design's own futures, so they cost nothing.
//!
//! Each design is timed in an executable of its own, see `programs/`: the more callers tokio's
//! generic channel has in an executable, the less of it the compiler inlines, and a baseline must be
//! as good as a user would get it.

mod behind_trait;
mod faults;
mod inherent;
pub(crate) mod program;
pub(crate) mod runtimes;
mod tokio_mpsc;
pub(crate) mod workload;

pub(crate) use behind_trait::BehindTrait;
pub(crate) use inherent::Inherent;
pub(crate) use runtimes::{Threads, harnessed, plain};
pub(crate) use tokio_mpsc::TokioMpsc;
pub(crate) use workload::{Shape, Workload};

/// What is sent: 64 bytes, which hold a 256-byte `Bytes`.
pub(crate) type Segment = shard_mesh::WalSegmentPayload;

/// How many segments a link holds, in every design.
pub(crate) const CAPACITY: usize = 256;

/// A way to connect shards.
pub(crate) trait Design {
    type Outlet: Outlet;
    type Inlet: Inlet;

    /// Links from each of some shards to each of some others.
    fn fan(&self, senders: u32, receivers: u32) -> (Vec<Self::Outlet>, Vec<Self::Inlet>);

    /// Two shards with a link each way.
    fn pair(&self) -> [(Self::Outlet, Self::Inlet); 2];
}

/// The sending side of a shard.
pub(crate) trait Outlet: Send + Sync + 'static {
    type Error: std::fmt::Debug;

    /// Sends on the link to the receiver `to`, counted from 0.
    fn send(
        &self,
        to: u32,
        segment: Segment,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// The receiving side of a shard.
pub(crate) trait Inlet: Send + 'static {
    /// Receives what comes next, from any shard; `None` once all senders are gone.
    fn receive(&mut self) -> impl Future<Output = Option<Segment>> + Send;
}
