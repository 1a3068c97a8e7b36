//! The machine below the mesh: shards and their inboxes, links, wait queues, tasks, and what a fault
//! does to a segment. It has no API for users.
//!
//! - In: sends, receives, faults, crashes, from the endpoints and handles of the
//!   [mesh](crate::mesh).
//! - Out: wake-ups of tasks, records of the [trace](crate::trace), and, for the harness, a mesh as
//!   [`Watched`](watched::Watched). What it has to tell the run goes through
//!   [`Supervisor`](tasks::supervisor::Supervisor).
//! - Uses: the [trace](crate::trace), the [decisions](crate::decision), the
//!   [contract](crate::contract).
//!
//! Bottom up: [`tasks`], [`disk`], [`links`], [`inbox`], and here the mesh as a whole. Its state is in
//! [`network`], and what a crash does to it in `crash`.

mod covered;
mod crash;
pub(crate) mod disk;
pub(crate) mod episodes;
pub(crate) mod inbox;
mod lanes;
pub(crate) mod links;
pub(crate) mod losses;
pub(crate) mod measured;
pub(crate) mod mesh_faults;
#[allow(clippy::module_inception, reason = "the file of `Network`")]
pub(crate) mod network;
mod notes;
pub(crate) mod outlived;
mod refusals;
pub(crate) mod selectable;
pub(crate) mod settlers;
pub(crate) mod shard_table;
pub(crate) mod sometimes;
pub(crate) mod stats;
pub(crate) mod tally;
pub(crate) mod tasks;
pub(crate) mod waits;
pub(crate) mod watched;
