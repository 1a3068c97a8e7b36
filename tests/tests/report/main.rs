//! What a test that fails says, from its first line to its last.
//!
//! Tests that fail are real ones, which are ignored; the test below each of them runs it in a child
//! process. Each page and picture in `tests/golden/report` is what a person has looked at and found
//! right: when one changes, look at it again.
//!
//! `UPDATE_GOLDEN=1 cargo test -p shard-mesh-tests --test report` writes them anew.

mod advice;
mod broken;
mod captured;
mod child;
mod coverage;
mod diverging;
mod documented;
mod drawing;
mod failures;
mod faults;
#[path = "../support/golden.rs"]
mod golden;
mod hangs;
mod jostled;
mod payloads;
mod picks;
#[path = "../support/child.rs"]
mod process;
mod promises;
mod readme;
mod renumbered;
mod rerun;
mod rerun_elsewhere;
mod retransmission;
mod shrink;
mod sizes;
mod support;
mod truth;
mod unwritable;
