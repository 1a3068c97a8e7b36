//! What ignored tests of this executable print, which fail.

use std::env;
use std::path::PathBuf;

use crate::golden;
pub(crate) use crate::process::{child, clean, executable, text};

/// What one ignored test, which fails, prints on standard error.
#[track_caller]
pub(crate) fn failing(name: &str) -> String {
    failing_under(name, &[])
}

#[track_caller]
pub(crate) fn failing_under(name: &str, environment: &[(&str, &str)]) -> String {
    let output = child(name, environment);
    assert_eq!(output.status.code(), Some(101), "{}", text(&output));
    String::from_utf8(output.stderr).unwrap()
}

/// Compares what a test that fails prints, and the pictures that it draws, with what was found right.
#[track_caller]
pub(crate) fn check_page(name: &str) {
    let page = failing(name);
    says(&page, &[&format!("shard-mesh: `{name}` failed at")]);
    let lines = page.lines().count();
    assert!(lines <= 110, "{lines} lines:\n{page}");
    let file = name.rsplit("::").next().unwrap();
    golden::compare(&format!("report/{file}.txt"), &anywhere(&page));
    let pictures = pictures(&page);
    for (number, picture) in (1..).zip(&pictures) {
        let part = if pictures.len() > 1 {
            format!("-{number}")
        } else {
            String::new()
        };
        let picture = std::fs::read_to_string(picture).unwrap();
        golden::compare_picture(&format!("report/{file}{part}.svg"), &picture);
    }
}

/// The files that a page names.
pub(crate) fn pictures(page: &str) -> Vec<PathBuf> {
    let lines = page.lines();
    let named = lines.filter_map(|line| line.strip_prefix("picture "));
    named.map(PathBuf::from).collect()
}

/// `text` has a line that holds all of `words`.
#[track_caller]
pub(crate) fn says(text: &str, words: &[&str]) {
    let found = text
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)));
    assert!(found, "no line says {words:?} in\n{text}");
}

/// A page as it would be on any machine, with any number of cores.
fn anywhere(page: &str) -> String {
    let page = without_other_seeds(page);
    let exe = env::current_exe().unwrap();
    let mut above = exe.ancestors();
    let target = above.find(|it| it.join("CACHEDIR.TAG").exists()).unwrap();
    let page = page
        .replace(&exe.display().to_string(), "target/debug/deps/report-0")
        .replace(&target.display().to_string(), "target");
    let lines = page.lines().map(|line| without_thread_id(line) + "\n");
    lines.collect()
}

/// The page of a sweep from its first rule on. What stands above is what its seeds said when they
/// failed: which of them ran beside the lowest depends on the threads.
fn without_other_seeds(page: &str) -> &str {
    if !page.contains(", the lowest of ") {
        return page;
    }
    &page[page.find('─').unwrap()..]
}

/// `thread 'x' (1234) panicked at …` without the number, which older compilers do not print.
fn without_thread_id(line: &str) -> String {
    match (line.split_once("' ("), line.split_once(") panicked at ")) {
        (Some((thread, _)), Some((_, place))) if line.starts_with("thread '") => {
            format!("{thread}' panicked at {place}")
        }
        _ => line.to_owned(),
    }
}
