use std::process::Command;
use std::time::Duration;

use crate::designs::{Threads, Workload};
use crate::rounds::Measure;

/// A design, timed by a program of its own, and how that is to make its mesh.
#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) name: &'static str,
    program: &'static str,
    /// See `designs/program.rs`.
    mesh: &'static [&'static str],
}

const INHERENT: &str = env!("CARGO_BIN_EXE_bench-inherent");
const DYN_TRANSPORT: &str = env!("CARGO_BIN_EXE_bench-dyn-transport");

/// The baseline.
pub(crate) const TOKIO_MPSC: Candidate = Candidate {
    name: "tokio mpsc",
    program: env!("CARGO_BIN_EXE_bench-tokio-mpsc"),
    mesh: &[],
};

/// With the event log, as the attribute makes the mesh.
pub(crate) const LOGGED: Candidate = Candidate {
    name: "inherent, log on",
    program: INHERENT,
    mesh: &["log"],
};

/// On a mesh that nobody watches.
pub(crate) const BARE: Candidate = Candidate {
    name: "inherent, log off",
    program: INHERENT,
    mesh: &[],
};

pub(crate) const DYN_LOGGED: Candidate = Candidate {
    name: "dyn Transport, log on",
    program: DYN_TRANSPORT,
    mesh: &["log"],
};

pub(crate) const DYN_BARE: Candidate = Candidate {
    name: "dyn Transport, log off",
    program: DYN_TRANSPORT,
    mesh: &[],
};

impl Candidate {
    /// The endpoint under the attribute, its links made as the words say, of which the first is
    /// `log`.
    pub(crate) fn faulty(name: &'static str, mesh: &'static [&'static str]) -> Self {
        Self {
            name,
            mesh,
            ..LOGGED
        }
    }

    /// Measures the cost of one segment, in a process of its own each round.
    pub(crate) fn measure(self, threads: Threads, work: Workload) -> Measure {
        Box::new(move || self.run(threads, work) / work.segments)
    }

    fn run(self, threads: Threads, Workload { shape, segments }: Workload) -> Duration {
        let threads = match threads {
            Threads::One => "1",
            Threads::Two => "2",
        };
        let output = Command::new(self.program)
            .args([threads, &shape.to_string(), &segments.to_string()])
            .args(self.mesh)
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", self.program));
        let [printed, complaints] =
            [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        let nanos = printed.trim().parse();
        Duration::from_nanos(
            nanos.unwrap_or_else(|_| {
                panic!("{} printed no time: {printed}{complaints}", self.program)
            }),
        )
    }
}
