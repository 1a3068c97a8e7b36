//! The picture of a run, as a file.

use crate::run::test_name::TestName;
use crate::trace::timeline::Timeline;

#[cfg(not(feature = "svg"))]
pub(super) fn save(_: &TestName, _: u64, _: (Option<usize>, &str), _: &Timeline) -> Option<String> {
    None
}

/// Saves the picture of what happened, in one file for each test and seed, and for each mesh where
/// there are several; `which` run of that seed it is, is in its name too. Returns its path, or why there is
/// none.
#[cfg(feature = "svg")]
pub(super) fn save(
    test: &TestName,
    seed: u64,
    (mesh, which): (Option<usize>, &str),
    timeline: &Timeline,
) -> Option<String> {
    if timeline.events().is_empty() {
        return None;
    }
    let (part, title) = match mesh {
        Some(mesh) => (format!("-mesh-{mesh}"), format!(", mesh {mesh}")),
        None => Default::default(),
    };
    let name = test.in_runner();
    let picture = timeline.picture(Some(&format!("{name}, seed {seed}{title}")));
    Some(super::files::save(
        test,
        seed,
        &format!("{part}{which}.svg"),
        &picture,
    ))
}
