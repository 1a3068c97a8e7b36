//! The other attributes of the function: which go with this one, and which do not.

use syn::{Attribute, Path};

use crate::attribute::base::mistakes::Mistakes;

/// Crates whose `test` and `main` make a runtime.
const RUNTIMES: [&str; 14] = [
    "actix",
    "actix_rt",
    "actix_web",
    "async_std",
    "compio",
    "glommio",
    "madsim",
    "monoio",
    "ntex",
    "smol",
    "smol_potat",
    "tokio",
    "tokio_uring",
    "turmoil",
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
    let words: Vec<_> = path
        .segments
        .iter()
        .map(|it| it.ident.to_string())
        .collect();
    let (first, last) = (words.first()?, words.last()?);
    if RUNTIMES.contains(&&**first) && matches!(&**last, "test" | "main") {
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

pub(crate) fn should_panic(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|it| it.path().is_ident("should_panic"))
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

fn is_test(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == "test")
}
