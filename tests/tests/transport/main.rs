//! What the transport promises, one module per promise (`DESIGN.md`, "What a link promises").
//!
//! Most futures here are polled by hand: then each step is seen, and no runtime hides one.

mod cancel;
mod capacity;
mod clients;
mod closing;
mod errors;
mod isolation;
mod mistakes;
mod order;
mod payloads;
mod poll;
mod settle;
mod sharing;
mod size;
mod stats;
mod transport;
mod wakers;
