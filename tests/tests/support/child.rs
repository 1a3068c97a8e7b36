//! Ignored tests of this executable, run in a process of their own.

use std::env;
use std::process::{Command, Output};

/// This executable, in an environment that says nothing of the mesh.
pub(crate) fn executable() -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    clean(&mut command);
    // As cargo sets them, for the case that somebody else started this process.
    command
        .env("CARGO_PKG_NAME", env!("CARGO_PKG_NAME"))
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    command
}

/// Takes out of the environment of a command what changes what a test says.
pub(crate) fn clean(command: &mut Command) {
    let ours = env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|it| it.to_string_lossy().starts_with("SHARD_MESH_")) {
        command.env_remove(name);
    }
    command
        .env_remove("COLUMNS")
        .env_remove("RUST_TEST_NOCAPTURE")
        .env("NO_COLOR", "1")
        .env("RUST_BACKTRACE", "0");
}

/// How one ignored test ends under an environment.
pub(crate) fn child(name: &str, environment: &[(&str, &str)]) -> Output {
    executable()
        .args([name, "--exact", "--ignored", "--nocapture"])
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

/// What a process printed, its two streams one after the other.
pub(crate) fn text(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}
