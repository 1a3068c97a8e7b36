//! The expansion of the attribute is a page of documentation, so its text is committed and compared.
//!
//! Each `expand/*.rs` is an input, and `expand/*.expanded.rs` what becomes of it.
//! `SHARD_MESH_BLESS=1 cargo test --test expansion` writes the second anew: read what changed before
//! you commit it.

// The macro's own code, which needs no compiler around it. `cargo expand` would show less: to rustc a
// `#[test]` is one more macro, and to the reader of the expansion it is not.
#[path = "../../transport-macros/src/attribute/mod.rs"]
mod attribute;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{File, Item, Meta};

/// One of the inputs, expanded by rustc.
mod program {
    include!("../expand/program.rs");

    #[test]
    fn the_program_runs() {
        assert_eq!(main(), std::process::ExitCode::SUCCESS);
    }
}

#[test]
fn every_expansion_is_as_committed() {
    let bless = env::var_os("SHARD_MESH_BLESS").is_some();
    let inputs = inputs();
    assert!(!inputs.is_empty(), "there is nothing to expand");
    for input in inputs {
        let committed = input.with_extension("expanded.rs");
        let expanded = expand_file(&read(&input));
        if bless {
            fs::write(&committed, expanded).expect("the folder of the inputs can be written to");
        } else {
            let committed = read(&committed);
            assert!(
                committed == expanded,
                "{} expands differently\n\ncommitted:\n{committed}\nnow:\n{expanded}",
                input.display(),
            );
        }
    }
}

#[test]
fn cargo_expand_shows_what_is_committed() {
    if cargo_expand(&["--version"]).is_none() {
        println!("skipped: `cargo expand` is not installed");
        return;
    }
    // Its own target directory, since the one of this test may be locked.
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/cargo-expand");
    let shown = cargo_expand(&[
        "--package=shard-mesh-tests",
        "--test=expansion",
        "--offline",
        "--color=never",
        "--target-dir",
        target,
        "program",
    ]);
    let shown = shown.expect("`cargo expand` succeeds");
    let committed = read(&folder().join("program.expanded.rs"));
    // The one macro in the expansion is expanded too.
    let committed = committed.replace("::core::module_path!()", "\"expansion::program\"");
    assert_eq!(main_of(&shown), main_of(&committed), "in:\n{shown}");
}

/// What `cargo expand` prints, if it is there and succeeds.
fn cargo_expand(args: &[&str]) -> Option<String> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    let output = cargo.arg("expand").args(args).output().ok()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    String::from_utf8(output.stdout).ok()
}

/// The function `main`, on the top level or in a module.
fn main_of(text: &str) -> String {
    let mut file = syn::parse_file(text).expect("it is a file of Rust");
    if let [Item::Mod(module)] = &mut *file.items {
        file.items = module.content.take().expect("the module is in the file").1;
    }
    file.items
        .retain(|item| matches!(item, Item::Fn(function) if function.sig.ident == "main"));
    prettyplease::unparse(&file)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("expand")
}

fn inputs() -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).expect("the inputs are beside the tests");
    let mut files: Vec<_> = files
        .map(|file| file.expect("the folder can be read").path())
        .filter(|file| !file.to_string_lossy().ends_with(".expanded.rs"))
        .collect();
    files.sort();
    files
}

fn read(file: &Path) -> String {
    fs::read_to_string(file)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()))
}

fn expand_file(text: &str) -> String {
    let mut file = syn::parse_file(text).expect("the input is a file of Rust");
    file.items = file.items.into_iter().flat_map(expand_item).collect();
    prettyplease::unparse(&file)
}

/// Expands a function with the attribute, as rustc would, and leaves all else alone.
fn expand_item(item: Item) -> Vec<Item> {
    let Item::Fn(mut function) = item else {
        return vec![item];
    };
    let ours = function.attrs.iter().position(|attribute| {
        let first = attribute.path().segments.first();
        first.is_some_and(|first| first.ident == "shard_mesh")
    });
    let Some(ours) = ours else {
        return vec![Item::Fn(function)];
    };
    let args = args(&function.attrs.remove(ours).meta);
    let expanded = attribute::expand(args, function.into_token_stream());
    syn::parse2::<File>(expanded)
        .expect("the expansion is Rust")
        .items
}

fn args(meta: &Meta) -> TokenStream {
    match meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}
