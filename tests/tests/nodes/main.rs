//! Nodes: their boot, their end, what survives a crash, and what they spawn.

mod bad_use;
mod disk;
mod host;
mod jostle;
mod spawn;
mod stress;
