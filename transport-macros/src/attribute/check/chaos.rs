//! Faults that come and go by the seed.

use proc_macro2::Ident;

use crate::attribute::args::Args;
use crate::attribute::base::run::Run;
use crate::attribute::check::shards::Shards;

pub(crate) struct Chaos {
    /// As they are written; none where it is all that apply.
    pub(crate) kinds: Vec<Ident>,
    pub(crate) clients: Option<Vec<Run>>,
}

pub(crate) fn chaos(args: &Args, shards: &Shards) -> Option<Chaos> {
    let kinds = args.chaos.as_ref()?.value.clone()?;
    let has_clients = shards.served < shards.ids.len();
    Some(Chaos {
        kinds,
        clients: has_clients.then(|| shards.runs(shards.served..)),
    })
}
