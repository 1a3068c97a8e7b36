//! A test fixture for replicated systems.
#![forbid(unsafe_code)]

mod arrivals;
mod endpoint;
mod error;
mod factory;
mod harness;
mod inbox;
mod line;
mod log;
mod mesh;
mod network;
mod observer;
mod report;
mod routes;
mod segment;
mod settle;
mod shard;
mod stats;
mod sync;
mod transport;
mod waits;

pub use crate::endpoint::{Endpoint, InProcessTransport};
pub use crate::error::{TransportError, TryRecvError, TrySendError};
pub use crate::factory::InProcessTransportFactory;
pub use crate::harness::{Harness, Run};
pub use crate::mesh::Mesh;
pub use crate::segment::WalSegmentPayload;
pub use crate::shard::ShardId;
pub use crate::stats::{LinkStats, Stats};
pub use crate::transport::Transport;

pub use shard_mesh_macros::{shard_mesh, test};
