//! From what was written to a plan in which nothing contradicts itself.
//!
//! [`Args`] and the function come in, a [`Plan`] goes out. A file for each question. Uses `args` and
//! `base`.

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

use syn::Path;

use self::faults::Faults;
use self::parameters::Parameter;
use self::runtime::Runtime;
use self::seeds::Seeds;
use self::shards::Shards;
use self::wiring::Wiring;
use crate::attribute::args::Args;
use crate::attribute::args::function::Function;
use crate::attribute::base::mistakes::Mistakes;

/// What is to be built for the test.
pub(crate) struct Plan {
    /// Where the runtime crate is, unless it has its own name.
    pub(crate) krate: Option<Path>,
    pub(crate) runtime: Runtime,
    pub(crate) timeout: Option<Duration>,
    pub(crate) seeds: Option<Seeds>,
    pub(crate) capacity: Option<u64>,
    pub(crate) wiring: Wiring,
    pub(crate) faults: Faults,
    pub(crate) parameters: Vec<Parameter>,
}

/// The plan, where the arguments make sense and fit the function. Each check looks at what it can
/// know: one that needs what another found wrong says nothing.
pub(crate) fn check(args: Args, function: &Function, mistakes: &mut Mistakes) -> Option<Plan> {
    let shards = Shards::check(&args, mistakes);
    let wiring = Wiring::check(&args, shards.as_ref(), mistakes);
    let runtime = Runtime::check(&args, mistakes);
    let seeds = Seeds::check(&args, mistakes);
    function::check(function, mistakes);
    let shards = shards.filter(|_| function::takes_shards(&function.signature))?;
    let parameters = parameters::check(&shards, &function.signature, mistakes)?;
    Some(Plan {
        krate: args.krate.and_then(|krate| krate.value),
        runtime,
        timeout: args.timeout.and_then(|timeout| timeout.value),
        seeds,
        capacity: args.capacity.and_then(|capacity| capacity.value),
        wiring: wiring?,
        faults: Faults {
            latency: faults::fault(args.latency),
            loss: faults::fault(args.loss),
            duplicate: faults::fault(args.duplicate),
            reorder: faults::fault(args.reorder),
            rate: faults::fault(args.rate),
        },
        parameters,
    })
}
