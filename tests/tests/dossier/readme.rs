//! The failure with which the README opens: that of the quickstart.

use std::path::Path;

use crate::child::{failing, pictures};
use crate::golden;

#[path = "../../../examples/quickstart.rs"]
#[allow(dead_code, missing_docs, reason = "a program, with a `main`")]
mod quickstart;

/// As a reader sees it who runs the example: without the way by which it came into this executable.
fn in_example(text: &str) -> String {
    text.replace("tests/tests/dossier/../../../examples", "examples")
        .replace("readme::quickstart::", "")
}

#[test]
fn the_readme_opens_with_a_page_and_a_picture_as_they_are() {
    let page = failing("readme::quickstart::both_followers_have_the_whole_log");
    let picture = std::fs::read_to_string(&pictures(&page)[0]).unwrap();
    golden::compare_picture("readme.svg", &in_example(&picture));

    let page = in_example(&page);
    let page = page.split("shard-mesh: ").nth(1).unwrap();
    let page = page.split("\n\npicture ").next().unwrap();
    // The commands name the executable, and this test target.
    let is_command = |line: &&str| line.contains("SHARD_MESH_SEED=");
    let lines: Vec<_> = page.lines().filter(|line| !is_command(line)).collect();
    let page = format!("shard-mesh: {}\n", lines.join("\n"));
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = golden::read(&tests.join("../README.md"));
    assert!(readme.contains(&page), "put this into the README:\n{page}");
    let source = golden::read(&tests.join("../examples/quickstart.rs"));
    let test = source
        .split("#[ignore = \"fails, to show what that looks like\"]\n")
        .nth(1);
    let test = test.unwrap().split("\n}\n").next().unwrap();
    assert!(readme.contains(test), "put this into the README:\n{test}");
}
