//! From what was written to a plan in which nothing contradicts itself.
//!
//! [`Args`] and the function come in, a [`Plan`] goes out. A file for each question. Uses `args` and
//! `base`.

pub(crate) mod chaos;
pub(crate) mod faults;
mod function;
mod links;
pub(crate) mod neighbours;
pub(crate) mod parameters;
pub(crate) mod runtime;
pub(crate) mod seeds;
mod shards;
pub(crate) mod types;
pub(crate) mod wiring;

use std::time::Duration;

use proc_macro2::Span;
use syn::{Error, Path};

use self::chaos::Chaos;
use self::faults::Fault;
use self::parameters::Parameter;
use self::runtime::Runtime;
use self::seeds::Seeds;
use self::shards::Shards;
use self::wiring::Wiring;
use crate::attribute::args::Args;
use crate::attribute::args::function::Function;
use crate::attribute::base::mistakes::Mistakes;

/// What a function looks like that was to be a plain test.
const NO_MESH: &str = "the mesh is empty: add `leader = 0, followers = [1, 2]`, or `peers = [0, 1, 2]`; \
     or, if this is no test of a mesh, `use shard_mesh::*` hides the plain `#[test]`: \
     import by name what you use";

/// What is to be built for the test.
pub(crate) struct Plan {
    /// Where the runtime crate is, unless it has its own name.
    pub(crate) krate: Option<Path>,
    pub(crate) runtime: Runtime,
    pub(crate) timeout: Option<Duration>,
    pub(crate) seeds: Option<Seeds>,
    /// Those that run before.
    pub(crate) also: Vec<u64>,
    /// Whether every single fault is tried.
    pub(crate) exhaustive: bool,
    /// Whether nothing is drawn.
    pub(crate) pinned: bool,
    pub(crate) capacity: Option<u64>,
    pub(crate) wiring: Vec<Wiring>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) chaos: Option<Chaos>,
    /// How often tasks let others go first.
    pub(crate) jostle: Option<Fault>,
    pub(crate) parameters: Vec<Parameter>,
}

/// The plan, where the arguments make sense and fit the function. Each check looks at what it can
/// know: one that needs what another found wrong says nothing.
pub(crate) fn check(args: Args, function: &Function, mistakes: &mut Mistakes) -> Option<Plan> {
    if args.none && function.signature.inputs.is_empty() {
        mistakes.add(Error::new(Span::call_site(), NO_MESH));
        return None;
    }
    let shards = Shards::check(&args, mistakes);
    let wiring = Wiring::check(&args, shards.as_ref(), mistakes);
    let runtime = Runtime::check(&args, mistakes);
    let seeds = Seeds::check(&args, mistakes);
    let countable = function::check(function, mistakes);
    let shards = shards.filter(|_| countable)?;
    let parameters = parameters::check(&shards, &function.signature, mistakes)?;
    let chaos = chaos::chaos(&args, &shards);
    let faults = [
        args.latency,
        args.loss,
        args.duplicate,
        args.reorder,
        args.rate,
    ];
    Some(Plan {
        faults: faults::faults(faults),
        chaos,
        jostle: faults::fault(args.jostle),
        krate: args.krate.and_then(|krate| krate.value),
        runtime,
        timeout: args.timeout.and_then(|timeout| timeout.value),
        seeds,
        exhaustive: args.exhaustive.is_some(),
        also: args.also.and_then(|also| also.value).unwrap_or_default(),
        pinned: args.pinned.is_some(),
        capacity: args.capacity.and_then(|capacity| capacity.value),
        wiring: wiring?,
        parameters,
    })
}
