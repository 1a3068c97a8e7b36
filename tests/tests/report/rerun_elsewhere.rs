//! The lines that run a failing test again do so for each kind of target, in a package that is made
//! for that.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::{clean, text};
use crate::rerun::check_commands;

const MANIFEST: &str = r#"
[package]
name = "some-where"
edition = "2024"

[workspace]

[dependencies]
shard-mesh = { path = "TRANSPORT" }

[features]
default = ["unwanted"]
unwanted = []
wanted = []

[[example]]
name = "an-example"
test = true
"#;

/// A test of this name that fails.
fn test(name: &str) -> String {
    format!(
        "#[cfg(test)]
        mod tests {{
            #[shard_mesh::test(peers = 0..2, seed = 3)]
            async fn {name}(_a: shard_mesh::Endpoint<u8>, _b: shard_mesh::Endpoint<u8>) {{
                if cfg!(all(feature = \"wanted\", not(feature = \"unwanted\"))) {{
                    panic!(\"here is {name}\");
                }}
            }}
        }}
        "
    )
}

/// Each file that is a target, and the name of its test.
const TARGETS: [(&str, &str); 6] = [
    ("src/lib.rs", "in_the_library"),
    ("src/bin/a-tool.rs", "in_a_binary"),
    ("src/bin/a_folder/main.rs", "in_a_folder"),
    ("tests/it-tests.rs", "in_a_test_with_a_dash"),
    ("tests/folder/main.rs", "in_a_folder_of_tests"),
    ("examples/an-example.rs", "in_an_example"),
];

/// Writes the package; returns its folder.
fn package() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("some where");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (file, name) in TARGETS {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let main = if file.starts_with("src/bin") || file.starts_with("examples") {
            "fn main() {}\n"
        } else {
            ""
        };
        fs::write(path, main.to_owned() + &test(name)).unwrap();
    }
    let transport = workspace.join("transport").display().to_string();
    let manifest = MANIFEST.replace("TRANSPORT", &transport);
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    // The versions that are here already.
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

#[test]
#[cfg_attr(not(unix), ignore = "the lines are for a shell")]
fn the_lines_that_run_a_test_again_do_in_every_kind_of_target() {
    let folder = package();
    let exe = env::current_exe().unwrap();
    let mut above = exe.ancestors();
    let target = above.find(|it| it.join("CACHEDIR.TAG").exists()).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    clean(&mut cargo);
    cargo
        .args([
            "test",
            "--offline",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
            "--examples",
            "--no-default-features",
            "--features=wanted",
        ])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", target);
    let printed = text(&cargo.output().unwrap());
    for (file, name) in TARGETS {
        let title = format!("---- tests::{name} stdout ----\n");
        let page = printed.split_once(&title).map(|(_, page)| page);
        let page = page.unwrap_or_else(|| panic!("no page of {file} in\n{printed}"));
        let end = page.find("\nfailures:\n").unwrap();
        assert!(page[..end].contains(&format!("here is {name}")), "{page}");
        check_commands(&page[..end], &folder, Some(target));
    }
}
