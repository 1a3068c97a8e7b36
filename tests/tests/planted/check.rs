//! What is found, shrunk and pasted.

use crate::child::{child, text};

/// The output of an ignored test that fails.
fn failing(test: &str) -> String {
    let output = child(test, &[("SHARD_MESH_TIMELINE", "never")]);
    let page = text(&output);
    assert!(!output.status.success(), "`{test}` passes:\n{page}");
    page
}

/// The lines to paste of a page.
fn lines(page: &str) -> String {
    let (_, shrunk) = page.split_once("\nshrunk  ").expect(page);
    let shrunk = shrunk.split("\n\n").next().unwrap_or_default();
    let lines = shrunk.lines().map(|it| it.get(8..).unwrap_or_default());
    let is_code = |it: &&str| {
        let begins = ["let _rule", "    ", "});", "mesh."];
        begins.iter().any(|begin| it.starts_with(begin))
    };
    lines
        .filter(is_code)
        .map(|it| it.to_owned() + "\n")
        .collect()
}

/// Without space, and without the comments that say what a segment was.
fn code(text: &str) -> String {
    let lines = text.lines().filter_map(|line| line.split(" //").next());
    let all = lines.flat_map(str::chars);
    all.filter(|c| !c.is_whitespace()).collect()
}

/// Where the test panicked.
fn place(page: &str) -> &str {
    let (_, place) = page.split_once(" panicked at ").expect(page);
    place.lines().next().unwrap_or_default()
}

/// The test `module::found` fails, needs what `needs` says, and the lines that it prints are those of the
/// test `module::pasted`, which fails in the same place. `source` is that of the module.
#[track_caller]
pub(crate) fn check(module: &str, source: &str, needs: &str) {
    let found = failing(&format!("{module}::found"));
    assert!(found.contains(needs), "no `{needs}` in\n{found}");
    let (_, pasted) = source
        .split_once("async fn pasted(")
        .expect("a test to paste to");
    let pasted = pasted.split("#[test]").next().unwrap_or_default();
    let lines = lines(&found);
    assert!(
        !lines.is_empty() && code(pasted).contains(&code(&lines)),
        "the lines\n{lines}\nare not those of `pasted`:\n{found}"
    );
    let again = failing(&format!("{module}::pasted"));
    assert_eq!(place(&found), place(&again), "{found}\n{again}");
}

/// The test `module::every_crash` fails by a crash, where the test `module::found` does.
#[track_caller]
pub(crate) fn check_every_crash(module: &str) {
    let page = failing(&format!("{module}::every_crash"));
    assert!(page.contains(": a crash of shard "), "{page}");
    let found = failing(&format!("{module}::found"));
    assert_eq!(place(&page), place(&found), "{page}");
}
