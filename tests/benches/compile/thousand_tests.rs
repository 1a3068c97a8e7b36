use crate::build::{Build, cargo, row};
use crate::sandbox::{Sandbox, TOKIO, shard_mesh};
use crate::sources::{annotated, annotated_with_bodies, by_hand_with_bodies, empty};
use crate::table::{Bound, heading};

const COUNT: u32 = 1_000;

/// The name of a crate, and its source for a number of tests.
type Kind = (&'static str, fn(u32) -> String);

/// Two kinds of tests without bodies, and two kinds with the same bodies.
const KINDS: [Kind; 4] = [
    ("empty", empty),
    ("annotated", annotated),
    ("by-hand", by_hand_with_bodies),
    ("annotated-with-bodies", annotated_with_bodies),
];

/// Compares builds of crates with many tests, all dependencies being built already.
pub(crate) fn run(rounds: usize) {
    let sandbox = Sandbox::new("thousand-tests");
    sandbox.workspace(&KINDS.map(|(name, _)| name));
    for (name, source) in KINDS {
        sandbox.tests(name, &(shard_mesh() + TOKIO), &source(COUNT));
    }
    cargo(sandbox.path(), &["test", "--no-run", "--workspace"]);

    let mut builds = KINDS.map(|_| Vec::new());
    for _ in 0..rounds {
        for ((package, _), builds) in KINDS.into_iter().zip(&mut builds) {
            cargo(sandbox.path(), &["clean", "--package", package]);
            builds.push(Build::run(sandbox.path(), package, true));
        }
    }
    let [empty, annotated, by_hand, with_bodies] = &builds;
    heading(
        "1,000 tests, annotated, without bodies",
        "#[tokio]",
        "this",
        "of it",
    );
    let pair = [&empty[..], annotated];
    row("build", "s", pair, |build| build.wall, Bound::AtMost(1.8)).print();
    row(
        "executable",
        "MB",
        pair,
        |build| build.size,
        Bound::AtMost(2.1),
    )
    .print();
    heading(
        "1,000 tests, annotated, with bodies",
        "by hand",
        "this",
        "of it",
    );
    let pair = [&by_hand[..], with_bodies];
    row("build", "s", pair, |build| build.wall, Bound::AtMost(1.2)).print();
    row(
        "executable",
        "MB",
        pair,
        |build| build.size,
        Bound::AtMost(1.2),
    )
    .print();
}
