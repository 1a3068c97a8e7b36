#![allow(dead_code, unused_imports, reason = "what checks them is left out")]

#[path = "../../tests/planted/ack_before_sync.rs"]
pub(crate) mod ack_before_sync;
#[path = "../../tests/planted/counter_of_deltas.rs"]
pub(crate) mod counter_of_deltas;
#[path = "../../tests/planted/dedup_that_forgets.rs"]
pub(crate) mod dedup_that_forgets;
#[path = "../../tests/planted/lease_without_margin.rs"]
pub(crate) mod lease_without_margin;
#[path = "../../tests/planted/log_not_cut_back.rs"]
pub(crate) mod log_not_cut_back;
#[path = "../../tests/planted/quorum_off_by_one.rs"]
pub(crate) mod quorum_off_by_one;
#[path = "../../tests/planted/vote_not_saved.rs"]
pub(crate) mod vote_not_saved;
#[path = "../../tests/planted/window_that_gives_up.rs"]
pub(crate) mod window_that_gives_up;
