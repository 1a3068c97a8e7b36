//! The other attributes of the function: which go with this one, and which do not.

use syn::Error;

use super::mistakes::Mistakes;
use super::outer::Attribute;
use super::path::Path;

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
        if let Some(message) = clash(&attribute.path) {
            mistakes.add(Error::new_spanned(attribute, message));
        }
    }
}

/// Why an attribute cannot stand under ours.
fn clash(path: &Path) -> Option<String> {
    let [first, last] = [path.first(), path.last()].map(ToString::to_string);
    if RUNTIMES.contains(&&*first) && matches!(&*last, "test" | "main") {
        return Some(format!(
            "`#[{first}::{last}]` makes a second runtime: remove it, `{OURS}` makes its own",
        ));
    }
    if path.words().any(|word| word == "shard_mesh") {
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
    let left_by_runtime =
        |attribute: &Attribute| attribute.path.first() == "core" && is_test(attribute);
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
    let path = &attribute.path;
    OF_TESTS.iter().any(|word| path.first() == word) || clash(path).is_some() || is_test(attribute)
}

fn is_test(attribute: &Attribute) -> bool {
    attribute.path.last() == "test"
}
