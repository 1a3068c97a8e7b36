//! What chaos did in a run, in a line.

use super::words::count;
use crate::network::episodes::told::ChaosTold;
use crate::run::failure::Snapshot;

/// One for each mesh in which the test has asked for it.
pub(super) fn lines(snapshot: &Snapshot) -> Vec<String> {
    let several = snapshot.meshes.len() > 1;
    let meshes = (1..).zip(&snapshot.meshes);
    let told = meshes.filter_map(|(number, mesh)| {
        let line = line(mesh.chaos.as_ref()?)?;
        Some(if several {
            format!("in mesh {number} {line}")
        } else {
            line
        })
    });
    told.collect()
}

fn line(chaos: &ChaosTold) -> Option<String> {
    if chaos.used.is_empty() {
        return None;
    }
    let kinds: Vec<_> = chaos.used.iter().map(ToString::to_string).collect();
    let calm = if chaos.is_calm { ", then `calm`" } else { "" };
    Some(format!(
        "of this seed: {}; {}{calm}",
        kinds.join(", "),
        count(chaos.begun, "episode")
    ))
}
