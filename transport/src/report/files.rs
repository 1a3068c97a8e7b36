//! Where the files go that a report names.

use std::env;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{fs, io, process};

use crate::run::test_name::TestName;

/// Saves a file of a test and a seed, whose name ends so. Returns its path, or why there is none.
pub(super) fn save(test: &TestName, seed: u64, end: &str, content: &str) -> String {
    let package = env::var("CARGO_PKG_NAME").ok();
    let exe = env::current_exe().ok();
    let output = exe.as_deref().and_then(target_folder);
    let output = output.unwrap_or_else(env::temp_dir);
    let folder = folder(&output, package.as_deref(), test.target());
    let name = file_name(&test.in_runner());
    let path = folder.join(format!("{name}-seed-{seed}{end}"));
    match save_whole(&path, content) {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("could not be saved as {}: {error}", path.display()),
    }
}

/// Saves a file, complete or not at all: a disk may be full.
fn save_whole(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    // Two processes may draw the same test.
    let partial = path.with_extension(format!("{}.partial", process::id()));
    let saved = fs::write(&partial, text).and_then(|()| fs::rename(&partial, path));
    if saved.is_err() {
        let _ = fs::remove_file(partial);
    }
    saved
}

/// Where the files of a test target go. Packages of one workspace may have targets of the same
/// name; cargo tells which package it is, where cargo started the test.
fn folder(output: &Path, package: Option<&str>, target: &str) -> PathBuf {
    let mut folder = output.join("shard-mesh");
    if let Some(package) = package.filter(|it| !it.is_empty()) {
        folder.push(file_name(package));
    }
    folder.push(target);
    folder
}

/// Bytes of a name, of which file systems take 255 with all that goes behind it.
const LONGEST: usize = 160;

/// A name that every file system takes. What is cut from a long one is in a hash at its end.
fn file_name(test: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    let mut name: String = test.replace("::", ".").chars().map(plain).collect();
    if name.len() > LONGEST {
        let mut hasher = DefaultHasher::new();
        test.hash(&mut hasher);
        while name.len() > LONGEST {
            name.pop();
        }
        return format!("{name}-{:016x}", hasher.finish());
    }
    name
}

/// Cargo's target folder, which it marks; or else what is that by its place above the executable, as
/// where an archive was unpacked. A test that was put somewhere else has none, and does not write
/// beside itself.
fn target_folder(exe: &Path) -> Option<PathBuf> {
    let mut above = exe.ancestors().skip(1);
    let marked = above.find(|folder| folder.join("CACHEDIR.TAG").exists());
    let folder = exe.parent()?;
    let by_place = match folder.file_name()?.to_str() {
        Some("deps" | "examples") => folder.ancestors().nth(2),
        _ => None,
    };
    marked.or(by_place).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_differ_in_what_does_not_fit() {
        let [a, b] = ["a", "b"].map(|end| file_name(&("größer".repeat(60) + end)));
        assert!(a.len() <= 200 && b.len() <= 200, "{a}");
        assert_ne!(a, b);
    }

    #[test]
    fn a_file_is_saved_whole_or_not_at_all() {
        let folder = env::temp_dir().join(format!("shard-mesh-picture-{}", process::id()));
        let taken = folder.join("taken.svg");
        fs::create_dir_all(taken.join("by a folder")).unwrap();
        save_whole(&taken, "<svg/>").unwrap_err();
        save_whole(&folder.join("free.svg"), "<svg/>").unwrap();
        let files = fs::read_dir(&folder)
            .unwrap()
            .map(|it| it.unwrap().file_name());
        let mut files: Vec<_> = files.collect();
        files.sort();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(files, ["free.svg", "taken.svg"]);
    }

    #[test]
    fn an_executable_outside_of_a_target_folder_has_none() {
        let folder = |exe: &str| target_folder(Path::new(exe));
        assert_eq!(folder("/nowhere/bin/a-test"), None);
        let unpacked = Some(PathBuf::from("/nowhere/target"));
        assert_eq!(folder("/nowhere/target/debug/deps/a-test-0"), unpacked);
    }

    #[test]
    fn a_test_of_any_name_has_a_file() {
        assert_eq!(
            file_name("inner::ships::case_1_größer"),
            "inner.ships.case_1_größer"
        );
        assert_eq!(file_name("ships::a/b <c>: \"d\""), "ships.a_b__c____d_");
    }
}
