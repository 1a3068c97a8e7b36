//! The table of what shard-mesh costs, on the healthy path and under faults, each figure beside that
//! of a baseline measured in turn with it.
//!
//! ```text
//! cargo bench -p shard-mesh-tests --bench ratios                              all of it
//! cargo bench -p shard-mesh-tests --bench ratios -- --help                    what there is
//! cargo bench -p shard-mesh-tests --bench ratios -- --quick setup             one part, in fewer rounds
//! cargo bench -p shard-mesh-tests --bench ratios --profile dev -- setup       as tests are built
//! cargo bench -p shard-mesh-tests --bench ratios --features peers             with other crates
//! RUSTFLAGS="--cfg madsim" \
//! cargo bench -p shard-mesh-tests --bench ratios --features peer-madsim       and with madsim
//! ```
//!
//! With `peers`, turmoil turns on tokio's I/O driver, which every runtime then makes: the parts `setup`
//! and `faults` take 10 to 20 µs longer for a test or a seed, and are to be read without.
//!
//! A design that carries segments is timed by an executable of its own, in a new process each round:
//! see `designs`. A ratio is the median, over all rounds, of what the baseline took in a round
//! divided by what the other took in the same round: above 1 is faster than the baseline. Times
//! drift with the machine, these ratios hardly do. It is a report and not a test: a row that misses
//! its bound says so, and the exit code is 0.

#[allow(dead_code, unused_imports, reason = "other programs have the designs")]
#[path = "../designs/mod.rs"]
mod designs;
#[path = "../table/mod.rs"]
mod table;
#[path = "../wiring/mod.rs"]
mod wiring;

mod candidate;
mod faults;
mod options;
#[cfg(feature = "peers")]
mod peers;
mod rounds;
mod samples;
mod scale;
mod segments;
mod setup;

use std::process::ExitCode;

use options::{Options, Part};

fn main() -> ExitCode {
    match Options::from_args(std::env::args().skip(1)) {
        Ok(Options::Help) => print!("{}", options::help()),
        Ok(Options::Nothing) => println!("nothing is measured but under `cargo bench`"),
        Ok(Options::Measure { rounds, parts }) => measure(rounds, &parts),
        Err(error) => {
            eprintln!("{error}\n\n{}", options::help());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(rounds: usize, parts: &[Part]) {
    let profile = if cfg!(debug_assertions) {
        "dev"
    } else {
        "bench"
    };
    println!("profile {profile}, medians of {rounds} interleaved rounds");
    for part in parts {
        match part {
            Part::Segments => segments::run(rounds),
            Part::Ping => segments::ping(rounds),
            Part::Peers => peers(rounds),
            Part::Scale => scale::run(rounds),
            Part::Setup => setup::run(rounds),
            Part::Faults => faults::run(rounds),
        }
    }
}

#[cfg(feature = "peers")]
fn peers(rounds: usize) {
    peers::run(rounds);
}

#[cfg(not(feature = "peers"))]
fn peers(_: usize) {
    println!("\npeers are left out: they are built with `--features peers` only");
}
