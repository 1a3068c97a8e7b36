//! With which options cargo built the executable of a test, as far as its folders tell.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The options that build this executable again; `None` if it has features that are not known. Cargo
/// tells a test of its package, but not of its features: those are in cargo's own notes.
pub(super) fn options(
    exe: Option<&Path>,
    package: Option<&str>,
    manifest: Option<&Path>,
) -> Option<Vec<String>> {
    let mut options = Vec::new();
    options.extend(exe.map(profile).unwrap_or_default());
    let noted = exe
        .zip(package)
        .and_then(|(exe, package)| notes(exe, package));
    match noted.as_deref().and_then(features) {
        Some(features) => options.extend(features),
        None if manifest.is_some_and(has_none) => {}
        None => return None,
    }
    Some(options)
}

/// The profile and the target, which name the folders of the executable.
fn profile(exe: &Path) -> Vec<String> {
    let mut options = Vec::new();
    let name = |folder: &Path| {
        folder
            .file_name()
            .and_then(OsStr::to_str)
            .map(str::to_owned)
    };
    let is_target = |folder: &Path| folder.join("CACHEDIR.TAG").exists();
    let mut above = exe.ancestors().skip(2);
    let (Some(profile), Some(outer)) = (above.next(), above.next()) else {
        return options;
    };
    if !is_target(outer) {
        let Some(triple) = name(outer).filter(|_| above.next().is_some_and(is_target)) else {
            return options;
        };
        options.push(format!("--target {triple}"));
    }
    match name(profile).as_deref() {
        Some("debug") | None => {}
        Some("release") => options.push("--release".to_owned()),
        Some(profile) => options.push(format!("--profile {profile}")),
    }
    options
}

/// What cargo has noted of the executable, by the hash in its name.
fn notes(exe: &Path, package: &str) -> Option<String> {
    let (_, hash) = exe.file_stem()?.to_str()?.rsplit_once('-')?;
    let built = exe.ancestors().nth(2)?;
    let folder = built.join(".fingerprint").join(format!("{package}-{hash}"));
    let mut files = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let json = files.find(|it| it.path().extension() == Some(OsStr::new("json")))?;
    fs::read_to_string(json.path()).ok()
}

/// The options for the features in cargo's notes.
fn features(notes: &str) -> Option<Vec<String>> {
    let list = |key: &str| {
        let (_, list) = notes.split_once(&format!("\"{key}\":\"["))?;
        let (list, _) = list.split_once("]\"")?;
        let names = list
            .split(',')
            .map(|name| name.trim().trim_matches(['\\', '"']).to_owned());
        Some(names.filter(|it| !it.is_empty()).collect::<Vec<_>>())
    };
    let (declared, mut on) = (list("declared_features")?, list("features")?);
    let mut options = Vec::new();
    let default = "default".to_owned();
    if declared.contains(&default) && !on.contains(&default) {
        options.push("--no-default-features".to_owned());
    }
    on.retain(|it| *it != default);
    if !on.is_empty() {
        options.push(format!("--features {}", on.join(",")));
    }
    Some(options)
}

/// Whether a package has no features, by its manifest.
fn has_none(manifest: &Path) -> bool {
    let text = fs::read_to_string(manifest.join("Cargo.toml"));
    text.is_ok_and(|it| !it.contains("[features]") && !it.contains("optional"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_features_are_those_that_cargo_has_noted() {
        let options = |features: &str, declared: &str| {
            let list = |names: &str| {
                let names = names.split_whitespace().map(|it| format!("\\\"{it}\\\""));
                names.collect::<Vec<_>>().join(", ")
            };
            let (features_, declared) = (list(features), list(declared));
            let notes = format!(
                "{{\"rustc\":1,\"features\":\"[{features_}]\",\"declared_features\":\"[{declared}]\"}}"
            );
            features_of(&notes)
        };
        assert_eq!(options("", ""), "");
        assert_eq!(options("", "a b"), "");
        assert_eq!(options("a b", "a b c"), "--features a,b");
        assert_eq!(options("", "a default"), "--no-default-features");
        assert_eq!(
            options("a", "a default"),
            "--no-default-features --features a"
        );
        assert_eq!(options("default a", "a default"), "--features a");
        assert_eq!(features("{}"), None);
    }

    fn features_of(notes: &str) -> String {
        features(notes).unwrap().join(" ")
    }
}
