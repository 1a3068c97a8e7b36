//! What happened: the event log of a run, and the timeline that users read.
//!
//! - In: records of the [network](crate::network), each stamped by the clock of the run.
//! - Out: [`Recording`](recording::Recording)s, which reruns compare and reports draw, and
//!   [`Timeline`](timeline::Timeline)s.
//! - Uses: the [contract](crate::contract).

pub(crate) mod clock;
pub(crate) mod digest;
#[cfg(feature = "tracing")]
pub(crate) mod emit;
pub(crate) mod event;
pub(crate) mod fault_info;
pub(crate) mod journal;
pub(crate) mod kept;
pub(crate) mod label;
pub(crate) mod log;
mod ndjson;
pub(crate) mod record;
pub(crate) mod recording;
pub(crate) mod shard_key;
pub(crate) mod timeline;
