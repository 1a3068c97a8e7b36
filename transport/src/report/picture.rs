//! Where the picture of a run goes.

#[cfg(feature = "svg")]
use std::path::{Path, PathBuf};

use crate::run::test_name::TestName;
use crate::trace::timeline::Timeline;

#[cfg(not(feature = "svg"))]
pub(super) fn save(_: &TestName, _: u64, _: Option<usize>, _: &Timeline) -> Option<String> {
    None
}

/// Saves the picture of what happened, in one file for each test and seed, and for each mesh where
/// there are several. Returns its path, or why there is none.
#[cfg(feature = "svg")]
pub(super) fn save(
    test: &TestName,
    seed: u64,
    mesh: Option<usize>,
    timeline: &Timeline,
) -> Option<String> {
    use std::{env, fs};

    if timeline.events().is_empty() {
        return None;
    }
    let package = env::var("CARGO_PKG_NAME").ok();
    let folder = folder(&target_folder()?, package.as_deref(), test.target());
    let name = test.in_runner();
    let (part, title) = match mesh {
        Some(mesh) => (format!("-mesh-{mesh}"), format!(", mesh {mesh}")),
        None => Default::default(),
    };
    let path = folder.join(format!("{}-seed-{seed}{part}.svg", file_name(&name)));
    let picture = timeline.picture(Some(&format!("{name}, seed {seed}{title}")));
    let saved = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, picture));
    Some(match saved {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("could not be saved as {}: {error}", path.display()),
    })
}

/// Where the pictures of a test target go. Packages of one workspace may have targets of the same
/// name; cargo tells which package it is, where cargo started the test.
#[cfg(feature = "svg")]
fn folder(output: &Path, package: Option<&str>, target: &str) -> PathBuf {
    let mut folder = output.join("shard-mesh");
    if let Some(package) = package.filter(|it| !it.is_empty()) {
        folder.push(file_name(package));
    }
    folder.push(target);
    folder
}

/// A name that every file system takes.
#[cfg(feature = "svg")]
fn file_name(test: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    test.replace("::", ".").chars().map(plain).collect()
}

/// Cargo's target folder, which it marks; or else what is that by its place above the executable, as
/// where an archive was unpacked.
#[cfg(feature = "svg")]
fn target_folder() -> Option<PathBuf> {
    let exe = std::env::current_exe().ok()?;
    let mut above = exe.ancestors().skip(1);
    let marked = above.find(|folder| folder.join("CACHEDIR.TAG").exists());
    let folder = exe.parent()?;
    let by_place = match folder.file_name()?.to_str() {
        Some("deps" | "examples") => folder.ancestors().nth(2),
        _ => None,
    };
    let target = marked.or(by_place).unwrap_or(folder);
    Some(target.to_owned())
}

#[cfg(all(test, feature = "svg"))]
mod tests {
    use super::*;

    #[test]
    fn a_test_of_any_name_has_a_file() {
        assert_eq!(
            file_name("inner::ships::case_1_größer"),
            "inner.ships.case_1_größer"
        );
        assert_eq!(file_name("ships::a/b <c>: \"d\""), "ships.a_b__c____d_");
    }
}
