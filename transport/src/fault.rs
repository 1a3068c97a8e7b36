use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::ShardId;
use crate::latency::Latency;
use crate::network::Network;

/// A fault that a test asked for, as the [timeline](crate::Timeline) tells of it.
///
/// See [`EventKind`](crate::EventKind) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultInfo {
    /// What it is, in words: `cut`, `latency of 5 ms`, `rule`.
    pub what: String,
    /// The line that asked for it.
    pub asked: &'static Location<'static>,
    /// The links that it is on; none for a rule, which sees them all.
    pub links: Vec<(ShardId, ShardId)>,
    pub(crate) verb: Verb,
}

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Cut,
    Hold,
    Latency(Latency),
    Loss,
    Duplicate,
    Reorder,
    Rate,
    Rule,
}

impl FaultInfo {
    pub(crate) fn is_cut(&self) -> bool {
        self.verb == Verb::Cut
    }

    /// The range of latencies that it draws from, if it does: in milliseconds.
    pub(crate) fn jitter(&self) -> Option<(u64, u64)> {
        match self.verb {
            Verb::Latency(Latency { least, most }) if least < most => Some((least, most)),
            _ => None,
        }
    }
}

impl fmt::Display for FaultInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, asked, .. } = self;
        write!(f, "{what} ({}:{})", asked.file(), asked.line())
    }
}

/// One fault that a test asked for, and what it has done.
#[derive(Debug)]
pub(crate) struct FaultState {
    pub(crate) info: Arc<FaultInfo>,
    /// Its place among all faults of the mesh.
    pub(crate) number: u64,
    /// With which it strikes, where that is left to chance.
    pub(crate) probability: Option<f64>,
    ended: AtomicBool,
    /// Segments that were exposed to it.
    met: AtomicU64,
    /// Segments that it struck, where that is left to chance.
    struck: AtomicU64,
    optional: AtomicBool,
}

impl FaultState {
    pub(crate) fn new(info: FaultInfo, number: u64, probability: Option<f64>) -> Self {
        Self {
            info: Arc::new(info),
            number,
            probability,
            ended: AtomicBool::new(false),
            met: AtomicU64::new(0),
            struck: AtomicU64::new(0),
            optional: AtomicBool::new(false),
        }
    }

    /// Notes that it stands no longer; `false` if that was known.
    pub(crate) fn end(&self) -> bool {
        !self.ended.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn stands(&self) -> bool {
        !self.ended.load(Ordering::Relaxed)
    }

    pub(crate) fn met(&self, segments: u64) {
        self.met.fetch_add(segments, Ordering::Relaxed);
    }

    pub(crate) fn struck(&self) {
        self.struck.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_optional(&self) {
        self.optional.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_optional(&self) -> bool {
        self.optional.load(Ordering::Relaxed)
    }

    pub(crate) fn segments_met(&self) -> u64 {
        self.met.load(Ordering::Relaxed)
    }

    pub(crate) fn segments_struck(&self) -> u64 {
        self.struck.load(Ordering::Relaxed)
    }
}

/// One fault, as the verb that asked for it returns it. Dropping it does nothing.
///
/// ```
/// use shard_mesh::{Endpoint, Mesh, ShardId, WalSegmentPayload};
///
/// #[shard_mesh::test(leader = 0, followers = [1])]
/// async fn main(leader: Endpoint, follower: Endpoint, mesh: Mesh) {
///     let cut = mesh.link(0, 1).cut();
///     let segment = |number| WalSegmentPayload::new(ShardId(0), number, "put k v");
///     leader.send_segment(ShardId(1), segment(1)).await.unwrap(); // swallowed
///     cut.heal();
///     leader.send_segment(ShardId(1), segment(2)).await.unwrap();
///     assert_eq!(follower.recv_segment().await, Some(segment(2)));
/// }
/// ```
pub struct Fault<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    state: Arc<FaultState>,
}

impl<P: Debug + Send + 'static> Fault<P> {
    pub(crate) fn new(network: Arc<Network<P>>, state: Arc<FaultState>) -> Self {
        Self { network, state }
    }

    /// Ends this fault; others on the same links stand. What was held by nothing but this fault
    /// is released. To heal twice is without effect.
    pub fn heal(&self) {
        self.network.heal(&self.state);
    }

    /// Lets the fault be inert: without this, a fault that meets no segment fails the test, which
    /// did not test what it says.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_a: Endpoint, _b: Endpoint, mesh: Mesh) {
    ///     // Nothing is sent, and that is no failure.
    ///     mesh.link(0, 1).cut().optional();
    /// }
    /// ```
    #[allow(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "the fault stands without its handle"
    )]
    pub fn optional(self) -> Self {
        self.state.set_optional();
        self
    }
}

impl<P: Debug + Send + 'static> Debug for Fault<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FaultInfo { what, asked, .. } = &*self.state.info;
        write!(f, "Fault({what} at {asked})")
    }
}
