//! All that leads to one shard. Its inbox has two halves with a lock each: [`arrivals`], which senders
//! touch, and [`ready`], which receivers touch; [`shard`] holds both.
//!
//! - In: sends and receives, and changes of the faults on the links that lead here.
//! - Out: segments to receivers, records of the log, wake-ups.
//! - Uses: [`links`](crate::network::links), [`tasks`](crate::network::tasks) and what is below them.
//!
//! The way of a segment: [`send`] admits it to a link of [`arrivals`], where [`delivery`] does with it
//! what the rules and the faults of the link say, until it has arrived, and [`receive`] takes it from
//! there by way of [`ready`]. What a fault that begins or ends does to segments that were sent before
//! is in [`faults_in_flight`]; how they are lost, in [`lost`].

pub(crate) mod arrivals;
pub(crate) mod context;
pub(crate) mod delivery;
pub(crate) mod faults_in_flight;
pub(crate) mod link_slots;
pub(crate) mod lost;
mod moments;
pub(crate) mod node;
pub(crate) mod ready;
pub(crate) mod receive;
pub(crate) mod send;
pub(crate) mod shard;
pub(crate) mod wall_clock;
