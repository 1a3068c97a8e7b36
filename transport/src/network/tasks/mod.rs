//! Tasks that belong to a shard, what each of them is doing, and when they stand still.
//!
//! - In: the futures of the test, and the operations that its tasks do.
//! - Out: what a task was doing, for a look from another thread; panics and standstills, which go to
//!   the run through [`Supervisor`](supervisor::Supervisor).
//! - Uses: the [trace](crate::trace) and what is below it.

pub(crate) mod activity;
pub(crate) mod adopted;
pub(crate) mod bell;
pub(crate) mod first_panic;
pub(crate) mod jostle;
pub(crate) mod plain;
pub(crate) mod property;
pub(crate) mod standstill;
pub(crate) mod supervisor;
pub(crate) mod task;
