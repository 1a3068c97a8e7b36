//! The table of what shard-mesh costs, on the healthy path and under faults, each figure beside that
//! of a baseline measured in the same process, in turn with it.
//!
//! ```text
//! cargo bench -p shard-mesh-tests --bench ratios                              all of it
//! cargo bench -p shard-mesh-tests --bench ratios -- --quick                   in fewer rounds
//! cargo bench -p shard-mesh-tests --bench ratios -- setup                     one part of it
//! cargo bench -p shard-mesh-tests --bench ratios --profile dev -- setup       as tests are built
//! cargo bench -p shard-mesh-tests --bench ratios --features peers             with other crates
//! RUSTFLAGS="--cfg madsim" \
//! cargo bench -p shard-mesh-tests --bench ratios --features peer-madsim       and with madsim
//! ```
//!
//! A ratio is the median, over all rounds, of what the baseline took in a round divided by what
//! the other took in the same round: above 1 is faster than the baseline. Times drift with the
//! machine, these ratios hardly do. It is a report and not a test: a row that misses its bound
//! says so, and the exit code is 0.

#[path = "../designs/mod.rs"]
mod designs;
#[path = "../table/mod.rs"]
mod table;

mod candidate;
mod faults;
mod full_mesh;
mod options;
#[cfg(feature = "peers")]
mod peers;
mod ping;
mod rounds;
mod samples;
mod segments;
mod setup;

use options::{Options, Part};

fn main() {
    let Some(options) = Options::from_args(std::env::args().skip(1)) else {
        println!("nothing is measured but under `cargo bench`");
        return;
    };
    let profile = if cfg!(debug_assertions) {
        "dev"
    } else {
        "bench"
    };
    println!(
        "profile {profile}, medians of {} interleaved rounds",
        options.rounds
    );
    for part in Part::ALL {
        if options.wants(part) {
            run(part, options.rounds);
        }
    }
}

fn run(part: Part, rounds: usize) {
    match part {
        Part::Segments => segments::run(rounds),
        Part::Ping => ping::run(rounds),
        Part::Peers => {
            #[cfg(feature = "peers")]
            peers::run(rounds);
        }
        Part::FullMesh => full_mesh::run(rounds),
        Part::Setup => setup::run(rounds),
        Part::Faults => faults::run(rounds),
    }
}
