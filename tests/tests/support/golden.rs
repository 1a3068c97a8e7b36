//! What a person has looked at and found right, in `tests/golden`.

use std::path::Path;

/// Compares something with the file of that name, which `UPDATE_GOLDEN=1` in the environment writes
/// anew.
#[track_caller]
pub(crate) fn compare(file: &str, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, drawn).unwrap();
    }
    assert!(
        read(&path) == drawn,
        "{} shows another picture than this one, which `UPDATE_GOLDEN=1` puts in its place:\n{drawn}",
        path.display()
    );
}

/// A text file of the repository; nothing if it is not there.
pub(crate) fn read(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    // Git may have its own idea of how lines end.
    text.replace("\r\n", "\n")
}

/// Compares a picture with the file of that name, and sees to it that it is well-formed.
#[track_caller]
pub(crate) fn compare_picture(file: &str, picture: &str) {
    well_formed(picture);
    compare(file, picture);
}

#[track_caller]
pub(crate) fn well_formed(picture: &str) {
    if let Err(error) = roxmltree::Document::parse(picture) {
        panic!("not well-formed: {error}\n{picture}");
    }
}
