use std::collections::BTreeSet;
use std::path::Path;

use crate::build::{Build, cargo, row};
use crate::sandbox::{SYSTEM, Sandbox, shard_mesh};
use crate::sources::{annotated, empty};
use crate::table::{Bound, Figure, Row, heading};

const PACKAGES: [&str; 2] = ["without-shard-mesh", "with-shard-mesh"];

/// Compares clean builds of a crate with one test, whose dependencies are those of many a system.
pub(crate) fn run(rounds: usize) {
    let sandbox = Sandbox::new("clean-build");
    let [without, with] = PACKAGES;
    sandbox.workspace(&PACKAGES);
    sandbox.tests(without, SYSTEM, &empty(1));
    sandbox.tests(with, &(shard_mesh() + SYSTEM), &annotated(1));
    cargo(sandbox.path(), &["fetch"]);

    let mut builds = PACKAGES.map(|_| Vec::new());
    for _ in 0..rounds {
        for (package, builds) in PACKAGES.into_iter().zip(&mut builds) {
            cargo(sandbox.path(), &["clean"]);
            builds.push(Build::run(sandbox.path(), package, false));
        }
    }
    let [without, with] = &builds;
    let pair = [&without[..], with];
    heading(
        "clean build of a system with one test",
        "without",
        "with",
        "of it",
    );
    row("wall", "s", pair, |build| build.wall, Bound::AtMost(1.25)).print();
    row("cpu", "s", pair, |build| build.cpu, Bound::None).print();
    row("executable", "MB", pair, |build| build.size, Bound::None).print();
    crates(sandbox.path()).print();
}

/// How many crates a user gets besides ours.
fn crates(workspace: &Path) -> Row {
    let [without, with] = PACKAGES.map(|package| Figure::new(dependencies(workspace, package), ""));
    Row {
        what: "crates, besides these two".to_owned(),
        ratio: Some(with.value / without.value),
        baseline: Some(without),
        figure: Some(with),
        bound: Bound::None,
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
