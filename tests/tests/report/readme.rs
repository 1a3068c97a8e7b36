//! The failures that the README shows: those of the quickstart, of a split brain, and of a store under
//! chaos.

use std::path::Path;

use crate::child::{executable, failing_under, pictures, text};
use crate::golden;

#[path = "../../../examples/quickstart.rs"]
#[allow(dead_code, missing_docs, reason = "a program, with a `main`")]
mod quickstart;

#[path = "../../../examples/split_brain.rs"]
#[allow(dead_code, missing_docs, reason = "a program, with a `main`")]
mod split_brain;

#[path = "../../../examples/acknowledged.rs"]
#[allow(dead_code, missing_docs, reason = "a program, with a `main`")]
mod acknowledged;

#[path = "../../../examples/kv.rs"]
#[allow(dead_code, missing_docs, reason = "a program, with a `main`")]
mod kv;

/// As a reader sees it who runs the example: without the way by which it came into this executable.
fn in_example(text: &str) -> String {
    text.replace("tests/tests/report/../../../examples", "examples")
        // A long path is cut to the name of the file.
        .replace("(quickstart.rs:", "(examples/quickstart.rs:")
        .replace("readme::quickstart::", "")
        .replace("readme::split_brain::", "")
        .replace("readme::acknowledged::", "")
        .replace("readme::kv::", "")
}

/// What a test prints, in as many columns as a README has.
#[track_caller]
fn page(name: &str) -> String {
    failing_under(name, &[("COLUMNS", "100")])
}

/// The report from its first line to `end`, without the commands, which name this executable.
fn report(page: &str, end: &str) -> String {
    let page = in_example(page);
    let page = page.split("shard-mesh: `").nth(1).unwrap();
    let page = page.split(end).next().unwrap();
    let is_command = |line: &&str| line.contains("SHARD_MESH_SEED=");
    let lines: Vec<_> = page.lines().filter(|line| !is_command(line)).collect();
    format!("shard-mesh: `{}\n", lines.join("\n"))
}

/// A file of the repository.
fn file(path: &str) -> String {
    golden::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path))
}

#[track_caller]
fn the_readme_has(text: &str) {
    let readme = file("README.md");
    assert!(readme.contains(text), "put this into the README:\n{text}");
}

#[test]
fn the_readme_opens_with_a_page_and_a_picture_as_they_are() {
    let page = page("readme::quickstart::both_followers_have_the_whole_log");
    let picture = std::fs::read_to_string(&pictures(&page)[0]).unwrap();
    golden::compare_picture("readme.svg", &in_example(&picture));

    the_readme_has(&report(&page, "\n\npicture "));
    let source = file("examples/quickstart.rs");
    let ignored = "#[ignore = \"fails, to show what that looks like\"]\n";
    let test = source.split(ignored).nth(1).unwrap();
    the_readme_has(test.split("\n}\n").next().unwrap());
}

#[test]
fn the_readme_shows_that_a_split_brain_needs_no_bad_luck() {
    let page = page("readme::split_brain::without_a_quorum_there_are_two");
    the_readme_has(&report(&page, "\n\nbelow"));
}

#[test]
fn the_readme_shows_which_crash_loses_an_acknowledged_write() {
    let page = page("readme::acknowledged::the_early_one_loses_writes");
    the_readme_has(&report(&page, "\n\nlinks"));
}

#[test]
fn the_readme_shows_what_a_sweep_covered() {
    let test = "readme::acknowledged::the_store_keeps_what_it_acknowledges";
    let mut command = executable();
    let command = command.args([test, "--exact", "--nocapture"]);
    let page = text(&command.env("SHARD_MESH_STATS", "1").output().unwrap());
    let page = in_example(&page);
    let (_, covered) = page.split_once("shard-mesh: `").expect(&page);
    let covered = covered.lines().enumerate();
    let covered = covered.take_while(|(number, line)| *number == 0 || line.starts_with("  "));
    let covered: Vec<_> = covered.map(|(_, line)| line).collect();
    the_readme_has(&format!("shard-mesh: `{}\n", covered.join("\n")));
}

#[test]
fn the_readme_shows_operations_that_have_no_order() {
    let page = page("readme::kv::a_follower_answers");
    let page = report(&page, "\nagain ");
    let (_, what) = page.split_once("what    ").unwrap();
    let what: Vec<_> = what
        .lines()
        .map(|line| line.strip_prefix("        ").unwrap_or(line))
        .collect();
    the_readme_has(&(what.join("\n") + "\n"));
}
