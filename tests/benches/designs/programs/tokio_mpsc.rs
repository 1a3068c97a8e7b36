//! Times raw channels of tokio, alone in this executable.

#[allow(dead_code, unused_imports, reason = "each program has one design")]
#[path = "../mod.rs"]
mod designs;

use designs::{TokioMpsc, plain, program};

fn main() {
    program::main(|request| plain(request.threads, request.work.run(TokioMpsc)));
}
