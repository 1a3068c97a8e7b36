//! What is left to the seed by name: picks, chances, and what pins them.

mod bad_use;
mod choices;
mod names;
