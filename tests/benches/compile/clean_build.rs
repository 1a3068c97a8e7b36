use std::collections::BTreeSet;
use std::path::Path;

use crate::build::{Build, cargo, row};
use crate::sandbox::{MORE_OF_TOKIO, Sandbox, TOKIO, shard_mesh};
use crate::sources::{annotated, empty};
use crate::table::{Bound, Figure, Row, heading};

const PACKAGES: [&str; 3] = ["with-tokio", "with-more-of-tokio", "with-shard-mesh"];

/// Compares clean builds of a crate with one test.
pub(crate) fn run(rounds: usize) {
    let sandbox = Sandbox::new("clean-build");
    let [tokio, more, own] = PACKAGES;
    sandbox.workspace(&PACKAGES);
    sandbox.tests(tokio, TOKIO, &empty(1));
    sandbox.tests(more, MORE_OF_TOKIO, &empty(1));
    sandbox.tests(own, &shard_mesh(), &annotated(1));
    cargo(sandbox.path(), &["fetch"]);

    let mut builds = PACKAGES.map(|_| Vec::new());
    for _ in 0..rounds {
        for (package, builds) in PACKAGES.into_iter().zip(&mut builds) {
            cargo(sandbox.path(), &["clean"]);
            builds.push(Build::run(sandbox.path(), package, false));
        }
    }
    let [tokio, more, own] = &builds;
    heading(
        "clean build of a crate with one test",
        "tokio",
        "this",
        "of it",
    );
    times([tokio, own], "of `#[tokio::test]`");
    times([more, own], "of that with time and threads");
    let size = |build: &Build| build.size;
    row("executable", "MB", [tokio, own], size, Bound::None).print();
    crates(sandbox.path()).print();
}

fn times(pair: [&[Build]; 2], baseline: &str) {
    let wall = format!("wall, {baseline}");
    row(&wall, "s", pair, |build| build.wall, Bound::AtMost(1.1)).print();
    let cpu = format!("cpu, {baseline}");
    row(&cpu, "s", pair, |build| build.cpu, Bound::AtMost(1.4)).print();
}

/// How many crates a user gets besides ours.
fn crates(workspace: &Path) -> Row {
    let [tokio, _, own] = PACKAGES.map(|package| Figure::new(dependencies(workspace, package), ""));
    Row {
        what: "crates, besides these two".to_owned(),
        ratio: Some(own.value / tokio.value),
        baseline: Some(tokio),
        figure: Some(own),
        bound: Bound::Limit(Figure::new(12.0, "")),
    }
}

fn dependencies(workspace: &Path, package: &str) -> f64 {
    let tree = cargo(
        workspace,
        &[
            "tree",
            "--package",
            package,
            "--edges",
            "all",
            "--prefix",
            "none",
        ],
    );
    let others = tree.lines().filter_map(|line| {
        // `syn v3.0.10 (*)`; a crate at a path is the user's or ours, and a feature is no crate.
        let (name, rest) = line.split_once(' ')?;
        (rest.starts_with('v') && !rest.contains("(/")).then_some(name)
    });
    let others: BTreeSet<_> = others.collect();
    f64::from(u32::try_from(others.len()).expect("few"))
}
