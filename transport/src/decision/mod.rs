//! Every random decision of a run: what is asked, how it is drawn from the seed, and how it is fixed
//! for a rerun.
//!
//! - In: the seed, the name of what is decided about, and, in a rerun, the decisions to take.
//! - Out: decisions, each a pure function of the seed and of its own name.
//! - Uses: the [contract](crate::contract), and a lock.

pub(crate) mod asked;
pub(crate) mod chaos;
pub(crate) mod choice;
pub(crate) mod choices;
pub(crate) mod decider;
pub(crate) mod die;
pub(crate) mod latency;
pub(crate) mod matcher;
pub(crate) mod names;
