/// How many rounds are measured unless told.
const ROUNDS: usize = 41;
/// How many with `--quick`.
const QUICK: usize = 11;

/// A part of the table: its name on the command line, and what it is.
const PARTS: [(Part, &str, &str); 6] = [
    (
        Part::Segments,
        "segments",
        "a segment on a stream of them, over 1 to 64 links",
    ),
    (
        Part::Ping,
        "ping",
        "a segment that waits for the one before",
    ),
    (
        Part::Peers,
        "peers",
        "other crates, with `--features peers` or `peer-madsim`",
    ),
    (
        Part::Scale,
        "mesh",
        "meshes of many shards: build, drop and partition",
    ),
    (
        Part::Setup,
        "setup",
        "what a test costs before it does anything",
    ),
    (
        Part::Faults,
        "faults",
        "a segment over faulty links, a seed of a sweep, gossip of 1,000 shards",
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Segments,
    Ping,
    Peers,
    Scale,
    Setup,
    Faults,
}

/// What the command line asks for.
pub(crate) enum Options {
    /// To say what there is.
    Help,
    /// Nothing: this is not `cargo bench`, which passes `--bench`. `cargo test --all-targets` runs
    /// benches too, and nobody waits for figures there.
    Nothing,
    Measure {
        rounds: usize,
        parts: Vec<Part>,
    },
}

impl Options {
    /// An error says what is wrong with the arguments.
    pub(crate) fn from_args(args: impl Iterator<Item = String>) -> Result<Self, String> {
        // Cargo passes `--bench` last.
        let args: Vec<_> = args.collect();
        let has = |flag: &str| args.iter().any(|arg| arg == flag);
        if has("--help") || has("-h") {
            return Ok(Self::Help);
        }
        if !has("--bench") {
            return Ok(Self::Nothing);
        }
        let names = args
            .iter()
            .filter(|arg| !["--bench", "--quick"].contains(&&arg[..]));
        let mut parts = names
            .map(|name| {
                let part = PARTS.iter().find(|(_, part, _)| part == name);
                part.map(|(part, ..)| *part)
                    .ok_or_else(|| format!("`{name}` is neither a part nor an option"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if parts.is_empty() {
            parts.extend(PARTS.map(|(part, ..)| part));
        }
        let rounds = if has("--quick") { QUICK } else { ROUNDS };
        Ok(Self::Measure { rounds, parts })
    }
}

pub(crate) fn help() -> String {
    let parts = PARTS.map(|(_, name, what)| format!("  {name:<10} {what}\n"));
    format!(
        "cargo bench -p shard-mesh-tests --bench ratios -- [--quick] [part …]\n\n\
         The parts, all of them unless some are named:\n{}\n\
         The options:\n  --quick    {QUICK} rounds in place of {ROUNDS}\n  --help     this\n",
        parts.concat()
    )
}
