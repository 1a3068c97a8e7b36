//! The other attributes of the function: which go with this one, and which do not.

use syn::{Attribute, Path};

use crate::attribute::base::mistakes::Mistakes;

/// Crates whose `test` and `main` make a runtime, up to the first `_` in their names.
const RUNTIMES: [&str; 10] = [
    "actix", "async", "compio", "glommio", "madsim", "monoio", "ntex", "smol", "tokio", "turmoil",
];

const OURS: &str = "#[shard_mesh::test]";

pub(crate) fn check(attributes: &[Attribute], mistakes: &mut Mistakes) {
    for attribute in attributes {
        if let Some(message) = clash(attribute.path()) {
            mistakes.at(attribute, message);
        }
    }
}

/// Why an attribute cannot stand under ours.
fn clash(path: &Path) -> Option<String> {
    let words = path.segments.iter().map(|it| it.ident.to_string());
    let words: Vec<_> = words.collect();
    let (first, last) = (words.first()?, words.last()?);
    let stem = first.split('_').next()?;
    if RUNTIMES.contains(&stem) && matches!(&**last, "test" | "main") {
        return Some(format!(
            "`#[{first}::{last}]` makes a second runtime: remove it, `{OURS}` makes its own",
        ));
    }
    if words.iter().any(|word| word == "shard_mesh") {
        return Some("a test has one mesh: remove the second `#[shard_mesh]`".to_owned());
    }
    if last == "rstest" {
        return Some(format!(
            "`#[rstest]` makes the cases that a mesh is built for: put it above `{OURS}`",
        ));
    }
    None
}

/// Whether a test is registered by another attribute, so that it is not to be registered a second
/// time: `#[test]`, or one of those that stand in for it, as `#[test_log::test]` does.
pub(crate) fn register(attributes: &[Attribute]) -> bool {
    attributes.iter().any(is_test)
}

/// Whether an attribute needs a test that returns a `Result`, as `#[serial]` does.
pub(crate) fn wants_result(attributes: &[Attribute]) -> bool {
    const WORDS: [&str; 4] = ["serial", "parallel", "file_serial", "file_parallel"];
    attributes
        .iter()
        .any(|it| WORDS.iter().any(|word| last_is(it, word)))
}

/// What to say of a function that is not async. It may have been when the user wrote it: a
/// `#[tokio::test]` above ours has been expanded by now, and has left a test without the `async`.
pub(crate) fn why_not_async(attributes: &[Attribute]) -> &'static str {
    let left_by_runtime = |it: &Attribute| first_is(it, "core") && is_test(it);
    if attributes.iter().any(left_by_runtime) {
        return "the attribute above has made a runtime of its own for this function: \
                remove it, `#[shard_mesh::test]` makes one";
    }
    "the function is not async: write `async fn`"
}

/// Whether an attribute means something on a test only, and would lead to further errors without
/// one.
pub(crate) fn needs_test(attribute: &Attribute) -> bool {
    const OF_TESTS: [&str; 4] = ["should_panic", "ignore", "case", "values"];
    OF_TESTS.iter().any(|word| first_is(attribute, word))
        || clash(attribute.path()).is_some()
        || is_test(attribute)
}

fn first_is(attribute: &Attribute, word: &str) -> bool {
    let first = attribute.path().segments.first();
    first.is_some_and(|first| first.ident == word)
}

fn last_is(attribute: &Attribute, word: &str) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == word)
}

fn is_test(attribute: &Attribute) -> bool {
    last_is(attribute, "test")
}
