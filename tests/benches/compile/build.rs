use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::cpu_time;
use crate::samples::Samples;
use crate::table::{Bound, Figure, Row};

/// What one `cargo test --no-run` took and made.
pub(crate) struct Build {
    pub(crate) wall: f64,
    /// NaN where it is not known.
    pub(crate) cpu: f64,
    /// The executable, in megabytes.
    pub(crate) size: f64,
}

impl Build {
    /// Builds the tests of `package`; `incremental` as cargo builds what the user edits, or not, as
    /// it builds what comes from a registry.
    pub(crate) fn run(workspace: &Path, package: &str, incremental: bool) -> Self {
        let before = cpu_time::of_children();
        let start = Instant::now();
        let value = if incremental { "1" } else { "0" };
        let command = ["test", "--no-run", "--package", package];
        let output = cargo_with(workspace, &command, &[("CARGO_INCREMENTAL", value)]);
        let wall = start.elapsed().as_secs_f64();
        let cpu = cpu_time::of_children()
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
        Self {
            wall,
            cpu: cpu.map_or(f64::NAN, |cpu| cpu.as_secs_f64()),
            size: megabytes(&workspace.join(executable(&output))),
        }
    }
}

/// Runs cargo and returns what it wrote, output and messages.
pub(crate) fn cargo(workspace: &Path, args: &[&str]) -> String {
    cargo_with(workspace, args, &[])
}

fn cargo_with(workspace: &Path, args: &[&str], variables: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .envs(variables.iter().copied())
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        // A bench of shard-mesh may be run with flags that no user has.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .expect("cargo");
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(
        output.status.success(),
        "cargo {args:?} failed:\n{}",
        text.concat()
    );
    text.concat()
}

/// The test executable, as in `Executable unittests src/lib.rs (target/debug/deps/user-1f)`.
fn executable(output: &str) -> PathBuf {
    let line = output
        .lines()
        .find(|line| line.contains("Executable"))
        .expect("an executable");
    let (_, path) = line.rsplit_once('(').expect("its path");
    path.trim_end_matches(')').into()
}

fn megabytes(file: &Path) -> f64 {
    let bytes = file.metadata().expect("the executable").len();
    f64::from(u32::try_from(bytes / 1000).expect("less than a terabyte")) / 1e3
}

/// A row on one aspect of two kinds of build.
pub(crate) fn row(
    what: &str,
    unit: &'static str,
    [baseline, own]: [&[Build]; 2],
    aspect: fn(&Build) -> f64,
    bound: Bound,
) -> Row {
    let [baseline, own] =
        [baseline, own].map(|builds| builds.iter().map(aspect).collect::<Samples>());
    Row {
        what: what.to_owned(),
        baseline: Some(Figure::new(baseline.median(), unit)),
        figure: Some(Figure::new(own.median(), unit)),
        ratio: Some(own.relative_to(&baseline)),
        bound,
    }
}
