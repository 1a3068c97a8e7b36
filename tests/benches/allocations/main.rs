//! What shard-mesh allocates: per segment that is sent and received, and for many shards.
//!
//! ```text
//! cargo bench -p shard-mesh-tests --bench allocations
//! ```
//!
//! It is a program apart from the table of times, because an allocator that counts costs each
//! allocation some time. Nothing here depends on time: the figures are the same in each run.

#[allow(
    dead_code,
    unused_imports,
    reason = "this is no program that times a design"
)]
#[path = "../designs/mod.rs"]
mod designs;
#[path = "../table/mod.rs"]
mod table;
#[path = "../wiring/mod.rs"]
mod wiring;

mod scale;
mod segments;

fn main() {
    segments::run();
    scale::run();
}
