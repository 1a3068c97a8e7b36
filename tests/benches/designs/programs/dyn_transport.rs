//! Times shard-mesh through `dyn Transport`, alone in this executable.

#[allow(dead_code, unused_imports, reason = "each program has one design")]
#[path = "../mod.rs"]
mod designs;

use designs::{BehindTrait, program};

fn main() {
    program::main(|request| request.on_mesh(BehindTrait));
}
