//! One suite for every [`Transport`]: what a system under test relies on, checked on the transport that
//! it runs on in production and on the one that it is tested on, so that the two do not drift apart.
//!
//! It takes the cargo feature `conformance`.
//!
//! ```toml
//! [dev-dependencies]
//! shard-mesh = { version = "0.1", features = ["conformance"] }
//! ```
//!
//! Say how transports of yours are connected, as an async function or closure: it is given the ids of
//! some shards, and returns a transport for each, in that order, any two of them connected both ways.
//!
//! ```
//! use shard_mesh::conformance::{self, Broken};
//! use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId};
//!
//! async fn connect(shards: &[ShardId]) -> Vec<Endpoint> {
//!     let factory = InProcessTransportFactory::new();
//!     let transports = shards.iter().map(|&shard| factory.create(shard)).collect();
//!     for &from in shards {
//!         for &to in shards.iter().filter(|&&to| to != from) {
//!             factory.connect(from, to);
//!         }
//!     }
//!     transports
//! }
//!
//! # /*
//! #[tokio::test]
//! # */
//! # #[shard_mesh::test(peers = 0..2)]
//! # async fn main(_a: Endpoint, _b: Endpoint) { keeps_every_promise().await.unwrap(); }
//! async fn keeps_every_promise() -> Result<(), Broken> {
//!     conformance::check(connect).await
//! }
//! ```
//!
//! Each check is a function of its own too, for a test of its own. The first promise that does not hold
//! is reported as a [`Broken`], which says what was expected and what came:
//!
//! ```text
//! the transport breaks the promise `big_payloads`
//!   expected: WalSegment { source: 3, number: 5, sequence: 16..=18, data: 4194304 B "\x00\x00\x00\x00\x00\x00\x00\x05"… }
//!   came: the same, but with another byte 1048576
//! ```
//!
//! # What is checked
//!
//! | check | promise |
//! | --- | --- |
//! | [`order`] | what one shard sends to another arrives in that order, once, whole, with all its fields |
//! | [`big_payloads`] | so do payloads from 0 bytes to 4 MiB |
//! | [`unknown_peer`] | a send to a shard that does not exist is refused with `UnknownPeer` and its id, and does no harm |
//! | [`concurrency`] | many tasks send and receive at once on each transport; nothing is lost or doubled |
//! | [`independence`] | a peer that does not receive slows no other |
//! | [`closing`] | what was sent before a transport was dropped arrives; then, when all peers are gone and not before, every receiver gets `None` |
//! | [`gone_peer`] | a send to a peer that is gone ends, with `Ok` or `Closed`, also one that was waiting for room |
//! | [`cancelled_receive`] | a dropped `recv_segment` loses nothing |
//! | [`cancelled_send`] | a dropped `send_segment` has sent the segment, whole and in its turn, or has not |
//!
//! # What is not
//!
//! What no honest network can promise, or what is a matter of taste, is not asked for:
//!
//! - `Closed` as soon as a peer is gone, or ever: `Ok` says that a segment was taken, not that it arrived;
//! - how many segments a link holds, or that it has a bound at all;
//! - links in one direction only, and [`disconnect`](crate::InProcessTransportFactory::disconnect);
//! - what becomes of segments when a machine or the network fails;
//! - order between links, fairness, speed.
//!
//! # Clocks
//!
//! No check waits for ever: what is due must come within five seconds of tokio's clock. A transport
//! over real sockets needs the real clock, that of a plain `#[tokio::test]` or of
//! `#[shard_mesh::test(…, start_paused = false)]`; on a paused one the five seconds are over at once. A
//! transport that blocks its thread cannot be timed, and blocks the check.

mod cancel;
mod close;
mod crowd;
mod flood;
mod links;
mod payload;
mod promise;

use crate::contract::shard_id::ShardId;
use crate::contract::transport::Transport;

pub use cancel::{cancelled_receive, cancelled_send};
pub use close::{closing, gone_peer};
pub use crowd::{concurrency, independence};
pub use links::{big_payloads, order, unknown_peer};
pub use payload::Payload;
pub use promise::Broken;

/// Runs every check, one after the other, each on transports of its own.
///
/// # Errors
///
/// The first promise that does not hold.
///
/// # Panics
///
/// If `connect` returns other transports than it was asked for.
///
/// See the [module](self) for an example.
pub async fn check<T, P>(connect: impl AsyncFn(&[ShardId]) -> Vec<T>) -> Result<(), Broken>
where
    T: Transport<P>,
    P: Payload,
{
    order(&connect).await?;
    big_payloads(&connect).await?;
    unknown_peer(&connect).await?;
    concurrency(&connect).await?;
    independence(&connect).await?;
    closing(&connect).await?;
    gone_peer(&connect).await?;
    cancelled_receive(&connect).await?;
    cancelled_send(&connect).await
}
