//! Faults that come and go by themselves: those that a test has planned ([`plan`]), and those of chaos
//! ([`streams`]). What is to begin and what has begun is in [`state`]; [`begin`] does it, and undoes it.

pub(crate) mod begin;
pub(crate) mod calm;
pub(crate) mod plan;
pub(crate) mod state;
pub(crate) mod streams;
pub(crate) mod told;
