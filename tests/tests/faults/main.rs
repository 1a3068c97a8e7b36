//! What the faults of a mesh mean, on the virtual clock.

mod clocks;
mod code;
mod crash;
mod heal_all;
mod inert;
mod latency;
mod order;
mod outcomes;
mod pause;
mod properties;
mod reorder;
mod rules;
mod seeds;
mod sometimes;
mod stacking;
mod strange;
mod support;
mod table;
mod tasks;
mod unused;
mod wakeups;
