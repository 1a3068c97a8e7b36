//! What shard-mesh costs in compile time: a clean build of a crate that has tokio, async-trait,
//! thiserror, serde, bytes and tracing, without it and with it; and a crate with a thousand tests,
//! beside the same with `#[tokio::test]`.
//!
//! ```text
//! cargo bench -p shard-mesh-tests --features compile-bench --bench compile             3 rounds
//! cargo bench -p shard-mesh-tests --features compile-bench --bench compile -- --quick  1 round
//! ```
//!
//! It writes crates that depend on this workspace into a directory for temporary files, and runs
//! cargo there, in the dev profile, as a user does. What is compared is built in turn.

#[path = "../cpu_time/mod.rs"]
mod cpu_time;
#[path = "../ratios/samples.rs"]
mod samples;
#[path = "../table/mod.rs"]
mod table;

mod build;
mod clean_build;
mod sandbox;
mod sources;
mod thousand_tests;

fn main() {
    let args: Vec<_> = std::env::args().collect();
    if !args.iter().any(|arg| arg == "--bench") {
        println!("nothing is measured but under `cargo bench`");
        return;
    }
    let rounds = if args.iter().any(|arg| arg == "--quick") {
        1
    } else {
        3
    };
    println!("dev profile, medians of {rounds} interleaved rounds");
    clean_build::run(rounds);
    thousand_tests::run(rounds);
}
