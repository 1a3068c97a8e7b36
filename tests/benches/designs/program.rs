//! A program that times one design: `<threads> <shape> <segments> [log] [<fault> …]`, as in
//! `1 1→8 131072 log loss`. It prints nanoseconds.

use std::env::args;
use std::str::FromStr;
use std::time::Duration;

use shard_mesh::InProcessTransportFactory;

use super::{Design, Inherent, Threads, Workload, harnessed, plain};

/// What a program is asked to time.
pub(crate) struct Request {
    pub(crate) threads: Threads,
    pub(crate) work: Workload,
    /// How the mesh is made; the baseline has none.
    mesh: Vec<String>,
}

/// Prints what the work takes that is asked for on the command line.
pub(crate) fn main(run: impl Fn(&Request) -> Duration) {
    let request = Request::from_args();
    // Fills the caches, and is forgotten.
    run(&request);
    println!("{}", run(&request).as_nanos());
}

impl Request {
    fn from_args() -> Self {
        let mut args = args().skip(1);
        let threads = match next::<u32>(&mut args) {
            1 => Threads::One,
            2 => Threads::Two,
            other => panic!("{other} threads: write `1` or `2`"),
        };
        let shape = next(&mut args);
        let segments = next(&mut args);
        Self {
            threads,
            work: Workload { shape, segments },
            mesh: args.collect(),
        }
    }

    /// Runs the work on a mesh of shard-mesh's: without words one that nobody watches, with `log`
    /// one as the attribute makes it, and then with faults on every link.
    pub(crate) fn on_mesh<D: Design + 'static>(&self, design: fn(Inherent) -> D) -> Duration {
        let (work, factory) = (self.work, InProcessTransportFactory::new());
        match self.mesh.split_first() {
            None => plain(self.threads, work.run(design(Inherent::new(factory)))),
            Some((log, faults)) => {
                assert_eq!(log, "log", "what makes a mesh");
                let faults = faults.to_vec();
                harnessed(self.threads, move |run| {
                    let mesh = Inherent::new(run.watch(factory));
                    work.run(design(mesh.with_faults(faults)))
                })
            }
        }
    }
}

fn next<T: FromStr<Err: std::fmt::Display>>(args: &mut impl Iterator<Item = String>) -> T {
    let arg = args
        .next()
        .expect("usage: <threads> <shape> <segments> [log] [<fault> …]");
    arg.parse()
        .unwrap_or_else(|error| panic!("`{arg}`: {error}"))
}
