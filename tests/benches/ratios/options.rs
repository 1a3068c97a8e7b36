/// How many rounds are measured unless told.
const ROUNDS: usize = 41;
/// How many with `--quick`.
const QUICK: usize = 11;

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Segments,
    Ping,
    Peers,
    FullMesh,
    Setup,
    Faults,
}

impl Part {
    pub(crate) const ALL: [Self; 6] = [
        Self::Segments,
        Self::Ping,
        Self::Peers,
        Self::FullMesh,
        Self::Setup,
        Self::Faults,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Segments => "segments",
            Self::Ping => "ping",
            Self::Peers => "peers",
            Self::FullMesh => "mesh",
            Self::Setup => "setup",
            Self::Faults => "faults",
        }
    }
}

pub(crate) struct Options {
    pub(crate) rounds: usize,
    /// The parts that were named; none is all.
    parts: Vec<Part>,
}

impl Options {
    /// `None` if this is not `cargo bench`, which passes `--bench`: `cargo test --all-targets`
    /// runs benches too, and nobody waits for figures there.
    pub(crate) fn from_args(args: impl Iterator<Item = String>) -> Option<Self> {
        let args: Vec<_> = args.collect();
        let has = |flag: &str| args.iter().any(|arg| arg == flag);
        has("--bench").then(|| Self {
            rounds: if has("--quick") { QUICK } else { ROUNDS },
            parts: Part::ALL
                .into_iter()
                .filter(|part| has(part.name()))
                .collect(),
        })
    }

    pub(crate) fn wants(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }
}
