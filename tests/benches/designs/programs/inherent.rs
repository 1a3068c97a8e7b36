//! Times shard-mesh through the methods of its endpoint, alone in this executable.

#[allow(dead_code, unused_imports, reason = "each program has one design")]
#[path = "../mod.rs"]
mod designs;

use designs::program;

fn main() {
    program::main(|request| request.on_mesh(|mesh| mesh));
}
