//! One link: what was sent on it and is in flight, the tasks that wait for room, its faults, and the
//! rules.
//!
//! - In: segments, with the decisions about them.
//! - Out: what becomes of each, as a [`Fate`](link_faults::Fate); tasks to be woken, in a
//!   [`WakeList`](wake_list::WakeList).
//! - Uses: [`tasks`](crate::network::tasks) and what is below it. Nothing here locks but the rules.

pub(crate) mod due_queue;
pub(crate) mod fault_state;
pub(crate) mod in_flight;
pub(crate) mod link;
pub(crate) mod link_faults;
pub(crate) mod new_fault;
pub(crate) mod rules;
pub(crate) mod unused_faults;
pub(crate) mod wait_queue;
pub(crate) mod wake_list;
