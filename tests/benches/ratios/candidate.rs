use std::time::Duration;

use shard_mesh::InProcessTransportFactory;

use crate::designs::{
    A1, BehindTrait, GlobalMutex, Inherent, SharedChannel, Threads, Workload, harnessed, plain,
};
use crate::rounds::Measure;

/// A design, and how its mesh is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Candidate {
    A1,
    /// With the event log, as the attribute makes it.
    Logged,
    /// On a mesh that nobody watches.
    Bare,
    DynLogged,
    DynBare,
    GlobalMutex,
    SharedChannel,
}

impl Candidate {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::A1 => "A1",
            Self::Logged => "inherent, log on",
            Self::Bare => "inherent, log off",
            Self::DynLogged => "dyn Transport, log on",
            Self::DynBare => "dyn Transport, log off",
            Self::GlobalMutex => "(a global mutex over maps of senders)",
            Self::SharedChannel => "(A1 sharing one channel per receiver)",
        }
    }

    /// Measures the cost of one segment.
    pub(crate) fn measure(self, threads: Threads, work: Workload) -> Measure {
        Box::new(move || self.run(threads, work) / work.segments)
    }

    fn run(self, threads: Threads, work: Workload) -> Duration {
        match self {
            Self::A1 => plain(threads, work.run(A1)),
            Self::Logged => harnessed(threads, move |run| work.run(Inherent(run.watch(factory())))),
            Self::Bare => plain(threads, work.run(Inherent(factory()))),
            Self::DynLogged => harnessed(threads, move |run| {
                work.run(BehindTrait(Inherent(run.watch(factory()))))
            }),
            Self::DynBare => plain(threads, work.run(BehindTrait(Inherent(factory())))),
            Self::GlobalMutex => plain(threads, work.run(GlobalMutex)),
            Self::SharedChannel => plain(threads, work.run(SharedChannel)),
        }
    }
}

fn factory() -> InProcessTransportFactory {
    InProcessTransportFactory::new()
}
