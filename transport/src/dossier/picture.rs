//! Where the picture of a run goes.

use crate::test_name::TestName;
use crate::timeline::Timeline;

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
    use std::fs;

    if timeline.events().is_empty() {
        return None;
    }
    let folder = target_folder()?.join("shard-mesh").join(test.target());
    let mesh = mesh.map(|mesh| format!("-mesh-{mesh}")).unwrap_or_default();
    let name = file_name(&test.in_runner());
    let path = folder.join(format!("{name}-seed-{seed}{mesh}.svg"));
    let saved = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, timeline.svg()));
    Some(match saved {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("could not be saved as {}: {error}", path.display()),
    })
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
fn target_folder() -> Option<std::path::PathBuf> {
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
