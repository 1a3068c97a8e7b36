//! From what was written to a plan without contradictions.

use std::time::Duration;

use super::args::{Arg, Args};
use super::faults::Faults;
use super::function::Function;
use super::mistakes::Mistakes;
use super::parameters::{self, Parameter};
use super::path::Path;
use super::runtime::Runtime;
use super::seeds::Seeds;
use super::shards::Shards;
use super::topology::Wiring;

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
    function.check(mistakes);
    let shards = shards.filter(|_| function.takes_shards())?;
    let parameters = mistakes.sift(parameters::check(&shards, &function.signature))?;
    Some(Plan {
        faults: Faults::of(&args),
        krate: value(args.krate),
        runtime,
        timeout: value(args.timeout),
        seeds,
        capacity: value(args.capacity),
        wiring: wiring?,
        parameters,
    })
}

fn value<T>(arg: Option<Arg<T>>) -> Option<T> {
    arg?.value
}
