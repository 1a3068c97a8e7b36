//! A simulation of a real protocol: the crate `raft`, three nodes, a hundred writes, latencies of 1 to 10 ms; over
//! the mesh, and over plain channels of tokio with a task on each link that delays.
//!
//! ```text
//! cargo bench -p shard-mesh-tests --bench simulation              15 rounds of 200 seeds
//! cargo bench -p shard-mesh-tests --bench simulation -- --quick   3 rounds
//! ```
//!
//! The mesh is to take at most 1.2 times what the channels take. Times are those that the process spends on a core; the ratio is the median over the rounds, in each of which
//! both run. It is a report and not a test: the exit code is 0.

#[path = "../cpu_time/mod.rs"]
mod cpu_time;
#[path = "../ratios/samples.rs"]
mod samples;
#[path = "../table/mod.rs"]
mod table;

mod node;
mod over_mesh;
mod plain;

use std::time::Duration;

use cpu_time::CpuTime;
use samples::Samples;
use table::{Bound, Figure, Row, heading};

/// How many seeds a round has.
const SEEDS: u64 = 200;

/// What one run of the protocol took on its own clock, and how many messages it sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Simulated {
    pub(crate) time: Duration,
    pub(crate) messages: f64,
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs benches too, and nobody waits for figures there.
    if !arguments.iter().any(|it| it == "--bench") {
        println!("nothing is measured but under `cargo bench`");
        return;
    }
    let rounds = if arguments.iter().any(|it| it == "--quick") {
        3
    } else {
        15
    };
    round(plain::run, 0);
    round(over_mesh::run, 0);
    let (mut plain, mut mesh) = (Vec::new(), Vec::new());
    for number in 0..rounds {
        plain.push(round(plain::run, number * SEEDS));
        mesh.push(round(over_mesh::run, number * SEEDS));
    }
    let cpu = |rounds: &[Round]| -> Samples {
        let seconds = rounds.iter().map(|it| it.cpu.as_secs_f64());
        seconds.collect()
    };
    let ratio = cpu(&mesh).relative_to(&cpu(&plain));
    let (plain, mesh) = (middle(plain), middle(mesh));
    heading(
        "raft, three nodes, 100 writes, a seed",
        "channels",
        "mesh",
        "of it",
    );
    let row = |what: &str, of: fn(&Round) -> f64, unit, (ratio, bound)| {
        Row {
            what: what.to_owned(),
            baseline: Some(Figure::new(of(&plain), unit)),
            figure: Some(Figure::new(of(&mesh), unit)),
            ratio,
            bound,
        }
        .print();
    };
    let nothing = || (None, Bound::None);
    row(
        "cpu time",
        |it| it.cpu.as_secs_f64() * 1e3 / it.seeds,
        "ms",
        (Some(ratio), Bound::AtMost(1.2)),
    );
    row("messages", |it| it.messages / it.seeds, "", nothing());
    row(
        "seeds a cpu second",
        |it| it.seeds / it.cpu.as_secs_f64(),
        "",
        nothing(),
    );
    row(
        "messages a cpu second",
        |it| it.messages / it.cpu.as_secs_f64(),
        "",
        nothing(),
    );
    row(
        "virtual seconds a cpu second",
        |it| it.time.as_secs_f64() / it.cpu.as_secs_f64(),
        "",
        nothing(),
    );
}

/// Many seeds, and what they took.
#[derive(Clone, Copy, Debug)]
struct Round {
    seeds: f64,
    cpu: Duration,
    time: Duration,
    messages: f64,
}

fn round(run: fn(u64) -> Simulated, first: u64) -> Round {
    let cpu = CpuTime::start();
    let (mut time, mut seeds, mut messages) = (Duration::ZERO, 0.0, 0.0);
    for seed in first..first + SEEDS {
        let one = run(seed);
        time += one.time;
        messages += one.messages;
        seeds += 1.0;
    }
    Round {
        seeds,
        cpu: cpu.elapsed(),
        time,
        messages,
    }
}

/// The round that took the median of cpu time.
fn middle(mut rounds: Vec<Round>) -> Round {
    rounds.sort_unstable_by_key(|it| it.cpu);
    rounds[rounds.len() / 2]
}
