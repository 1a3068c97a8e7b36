//! Histories of what clients asked and were told, and whether some order explains them.
//!
//! - In: calls of the test's clients, with a sequential model of what they call.
//! - Out: whether the history is linearizable (Herlihy and Wing, "Linearizability: A Correctness
//!   Condition for Concurrent Objects", 1990), and if not, the operations that have no order.
//! - Uses: the [contract](crate::contract), and a lock.

mod asked;
pub(crate) mod check;
pub(crate) mod disorder;
pub(crate) mod lanes;
pub(crate) mod recorded;
mod search;
pub(crate) mod sequential;
pub mod spec;
