//! Bugs that were planted in small replicated systems. Chaos finds each, shrinking finds the smallest set
//! that was given by hand beforehand, and the lines that are printed fail in the same place without chaos.
//! (The seeds begin with one that needs no other: which others are looked at depends on the time.)

mod ack_before_sync;
mod check;
#[path = "../support/child.rs"]
mod child;
mod counter_of_deltas;
mod dedup_that_forgets;
mod lease_without_margin;
mod log_not_cut_back;
mod quorum_off_by_one;
mod vote_not_saved;
mod window_that_gives_up;
