//! The contract of a transport: what users implement and call, whatever network is below.
//!
//! - In: nothing.
//! - Out: [`ShardId`](shard_id::ShardId), [`Transport`](transport::Transport) and its errors, the
//!   payload that the fixture brings, and [`Segment`](segment::Segment), the name of one segment.
//! - Uses: nothing above the plain values beside `lib.rs`.

pub(crate) mod error;
pub(crate) mod payload;
pub(crate) mod segment;
pub(crate) mod shard_id;
pub(crate) mod transport;
