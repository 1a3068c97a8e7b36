//! The machine below the mesh: shards and their inboxes, links, wait queues, and what a fault does
//! to a segment. It has no API for users.
//!
//! - In: sends, receives, faults, crashes, from the endpoints and handles of the
//!   [mesh](crate::mesh).
//! - Out: wake-ups of tasks, records of the [trace](crate::trace), and, for the harness, a mesh as
//!   [`Watched`](watched::Watched). What it has to tell the run goes through
//!   [`Supervisor`](supervisor::Supervisor).
//! - Uses: the [trace](crate::trace), the [decisions](crate::decision), the
//!   [contract](crate::contract).
//!
//! The way of a segment: [`send`] admits it to a link of the receiver's [`arrivals`], where
//! [`delivery`] does with it what the [rules] and the [faults of the link](link_faults) say, until
//! it has arrived, and [`receive`] takes it from there by way of [`ready`].

pub(crate) mod arrivals;
pub(crate) mod context;
pub(crate) mod delivery;
pub(crate) mod due_queue;
pub(crate) mod fault_state;
pub(crate) mod faults;
pub(crate) mod first_panic;
pub(crate) mod in_flight;
pub(crate) mod link;
pub(crate) mod link_faults;
pub(crate) mod loss;
pub(crate) mod ready;
pub(crate) mod receive;
pub(crate) mod release;
pub(crate) mod rules;
pub(crate) mod selectable;
pub(crate) mod send;
pub(crate) mod senders;
pub(crate) mod settlers;
pub(crate) mod shard;
pub(crate) mod shard_table;
pub(crate) mod sometimes;
pub(crate) mod standstill;
pub(crate) mod state;
pub(crate) mod stats;
pub(crate) mod supervisor;
pub(crate) mod task;
pub(crate) mod tasks;
pub(crate) mod unused_faults;
pub(crate) mod wait_queue;
pub(crate) mod waits;
pub(crate) mod wake_list;
pub(crate) mod watched;
