//! The commands that run one seed of one test again, ready to be pasted.

use std::env;
use std::ffi::OsStr;
use std::path::Path;

use super::build;
use crate::run::seeds;
use crate::run::test_name::TestName;

/// One line for cargo, as good as can be known at run time, and one for the test executable.
pub(super) fn commands(test: &TestName, seed: u64) -> Vec<String> {
    let exe = env::current_exe().ok();
    let package = env::var("CARGO_PKG_NAME").ok();
    let manifest = env::var_os("CARGO_MANIFEST_DIR");
    let target = target(test, exe.as_deref(), manifest.as_deref().map(Path::new));
    let manifest = manifest.as_deref().map(Path::new);
    let options = build::options(exe.as_deref(), package.as_deref(), manifest);
    let known = options.is_some();
    let options = options.unwrap_or_default();
    let options: String = options.iter().flat_map(|it| [" ", it]).collect();
    let mut commands = vec![cargo(test, seed, package.as_deref(), &(options + &target))];
    commands.extend(exe.map(|exe| direct(test, seed, &exe)));
    if !known {
        commands.push("(cargo with the features of this run, if it had any)".to_owned());
    }
    commands
}

fn cargo(test: &TestName, seed: u64, package: Option<&str>, target: &str) -> String {
    let package = package
        .map(|package| format!(" -p {package}"))
        .unwrap_or_default();
    let set = seeds::set_one(seed);
    if test.is_program() {
        return format!("{set} cargo run{package}{target}");
    }
    let name = quoted(&test.in_runner());
    format!("{set} cargo test{package}{target} -- --exact {name} --include-ignored")
}

fn direct(test: &TestName, seed: u64, exe: &Path) -> String {
    let exe = quoted(&exe.display().to_string());
    let set = seeds::set_one(seed);
    if test.is_program() {
        return format!("{set} {exe}");
    }
    let name = quoted(&test.in_runner());
    format!("{set} {exe} --exact {name} --include-ignored")
}

/// The options that name the target, as far as the usual layout of a package tells.
fn target(test: &TestName, exe: Option<&Path>, manifest: Option<&Path>) -> String {
    let name = test.target();
    let there = |path: String| manifest.is_some_and(|it| it.join(path).exists());
    // A target may have dashes where its crate has underscores.
    let names = [name.to_owned(), name.replace('_', "-")];
    let folder = exe.and_then(Path::parent).and_then(Path::file_name);
    if folder == Some(OsStr::new("examples")) {
        let file = |name: &&String| {
            there(format!("examples/{name}.rs")) || there(format!("examples/{name}/main.rs"))
        };
        let name = names.iter().find(file).unwrap_or(&names[0]);
        return format!(" --example {name}");
    }
    for name in &names {
        if there(format!("tests/{name}.rs")) || there(format!("tests/{name}/main.rs")) {
            return format!(" --test {name}");
        }
    }
    for name in &names {
        if there(format!("src/bin/{name}.rs")) || there(format!("src/bin/{name}/main.rs")) {
            return format!(" --bin {name}");
        }
    }
    let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
    if package.replace('-', "_") != name {
        return String::new();
    }
    match (
        there("src/lib.rs".to_owned()),
        there("src/main.rs".to_owned()),
    ) {
        (true, false) => " --lib".to_owned(),
        (false, true) => format!(" --bin {package}"),
        _ => String::new(),
    }
}

/// The word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=+@%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quoted("/a/b-c.d:e"), "/a/b-c.d:e");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn the_target_is_told_from_the_layout_of_the_package() {
        let test = TestName {
            module: "stranger",
            function: "f",
        };
        let exe = Path::new("/t/debug/examples/stranger-0");
        assert_eq!(target(&test, Some(exe), None), " --example stranger");
        let exe = Path::new("/t/debug/deps/stranger-0");
        assert_eq!(target(&test, Some(exe), None), "");
        // This very package has a library, and its tests call it by this name.
        let test = TestName {
            module: "shard_mesh::here",
            function: "f",
        };
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(target(&test, Some(exe), Some(manifest)), " --lib");
    }
}
