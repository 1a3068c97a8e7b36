//! What shard-mesh allocates: per segment that is sent and received, and for a full mesh.
//!
//! ```text
//! cargo bench -p shard-mesh-tests --bench allocations
//! ```
//!
//! It is a program apart from the table of times, because an allocator that counts costs each
//! allocation some time. Nothing here depends on time: the figures are the same in each run.

#[path = "../designs/mod.rs"]
mod designs;
#[path = "../table/mod.rs"]
mod table;

mod full_mesh;
mod segments;

fn main() {
    segments::run();
    full_mesh::run();
}
