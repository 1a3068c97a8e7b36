//! The source lies in layers, in the order of `ARCHITECTURE.md`: no import runs upward, and none closes
//! a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, ItemUse, UseTree};

/// A module by its path below the root.
type Module = Vec<String>;

#[test]
fn the_runtime_crate_is_in_layers() {
    check("transport/src");
}

#[test]
fn the_attribute_is_in_layers() {
    check("transport-macros/src/attribute");
}

fn check(root: &str) {
    let order = order(root);
    let tree = Tree::read(root);
    let mut wrong = Vec::new();
    // A folder inside of a layer may be a layer of its own.
    let place = |module: &Module| {
        let mut above = (1..=module.len()).rev();
        above.find_map(|length| order.iter().position(|layer| layer[..] == module[..length]))
    };
    for module in tree.files.keys().filter(|module| !module.is_empty()) {
        if place(module).is_none() {
            wrong.push(format!(
                "{} is not in the table of ARCHITECTURE.md",
                name(module)
            ));
        }
    }
    for layer in &order {
        if !tree.files.contains_key(layer) {
            wrong.push(format!(
                "{} is in the table of ARCHITECTURE.md, and not in {root}",
                name(layer)
            ));
        }
    }
    for (from, to) in tree.imports() {
        // The root names everything, and is named by nothing.
        if from.is_empty() {
            continue;
        }
        if to.is_empty() {
            wrong.push(format!("{} imports through the root", name(&from)));
        } else if place(&from) < place(&to) {
            wrong.push(format!(
                "{} uses {}, which is above it",
                name(&from),
                name(&to)
            ));
        }
    }
    wrong.extend(tree.circles().iter().map(|circle| {
        let names: Vec<_> = circle.iter().map(name).collect();
        format!("these import each other in a circle: {}", names.join(", "))
    }));
    wrong.dedup();
    assert!(wrong.is_empty(), "in {root}:\n{}", wrong.join("\n"));
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The layers of a folder, bottom up, as `ARCHITECTURE.md` has them.
fn order(root: &str) -> Vec<Module> {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).expect("the file is there");
    let title = format!("## The layers of `{root}`");
    let (_, section) = text.split_once(&title).expect("the folder has a section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let cells = section
        .lines()
        .filter_map(|row| row.strip_prefix("| `")?.split_once('`'));
    cells
        .map(|(layer, _)| layer.split("::").map(str::to_owned).collect())
        .collect()
}

fn name(module: &Module) -> String {
    format!("`{}`", module.join("::"))
}

/// The modules below a folder, and what each of them names of the others.
struct Tree {
    files: BTreeMap<Module, Vec<Module>>,
}

impl Tree {
    fn read(root: &str) -> Self {
        let mut texts = BTreeMap::new();
        read_folder(&repository().join(root), &mut Vec::new(), &mut texts);
        let (_, below) = root.split_once("/src").expect("the source of a crate");
        let within: Vec<_> = below.split('/').skip(1).map(str::to_owned).collect();
        let modules: BTreeSet<_> = texts.keys().cloned().collect();
        let files = texts.into_iter().map(|(module, text)| {
            let file = syn::parse_file(&text)
                .unwrap_or_else(|error| panic!("{} is no Rust: {error}", name(&module)));
            let mut visitor = Names {
                modules: &modules,
                within: &within,
                module: module.clone(),
                named: Vec::new(),
            };
            visitor.visit_file(&file);
            (module, visitor.named)
        });
        Self {
            files: files.collect(),
        }
    }

    fn imports(&self) -> impl Iterator<Item = (Module, Module)> {
        let imports = self.files.iter().flat_map(|(from, named)| {
            let others = named.iter().filter(move |to| *to != from);
            others.map(move |to| (from.clone(), to.clone()))
        });
        imports.collect::<BTreeSet<_>>().into_iter()
    }

    /// Modules from which, by way of imports, each comes to each other.
    fn circles(&self) -> BTreeSet<BTreeSet<Module>> {
        let mut next: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for (from, to) in self.imports() {
            next.entry(from).or_default().insert(to);
        }
        let reach = |from: &Module| {
            let (mut seen, mut left) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(module) = left.pop() {
                for to in next.get(&module).into_iter().flatten() {
                    if seen.insert(to.clone()) {
                        left.push(to.clone());
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<_, _> = self
            .files
            .keys()
            .map(|it| (it.clone(), reach(it)))
            .collect();
        let in_circle = reached
            .iter()
            .filter(|(module, reached)| reached.contains(*module));
        in_circle
            .map(|(module, others)| {
                let back = others.iter().filter(|it| reached[*it].contains(module));
                back.cloned().collect()
            })
            .collect()
    }
}

/// The text of each module in a folder. The root is the file that declares the others.
fn read_folder(folder: &Path, module: &mut Module, texts: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let stem = path.file_stem().and_then(|it| it.to_str());
        let stem = stem.expect("a name in UTF-8").to_owned();
        if path.is_dir() {
            module.push(stem);
            read_folder(&path, module, texts);
            module.pop();
        } else if path.extension().is_some_and(|it| it == "rs") {
            let mut module = module.clone();
            if !matches!(&*stem, "lib" | "mod") {
                module.push(stem);
            }
            let text = fs::read_to_string(&path).expect("the file can be read");
            texts.insert(module, text);
        }
    }
}

/// Looks for the modules that one module names outside of its tests, in imports and in paths.
struct Names<'a> {
    modules: &'a BTreeSet<Module>,
    /// Where the root is in its crate.
    within: &'a [String],
    module: Module,
    named: Vec<Module>,
}

impl Names<'_> {
    fn add(&mut self, path: &[String]) {
        let Some(first) = path.first() else {
            return;
        };
        let (mut module, mut rest) = (self.module.clone(), path);
        match first.as_str() {
            "crate" => {
                let Some(below) = path[1..].strip_prefix(self.within) else {
                    return;
                };
                (module, rest) = (Vec::new(), below);
            }
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|it| it == "super") {
                    module.pop();
                    rest = &rest[1..];
                }
            }
            child => {
                module.push(child.to_owned());
                if !self.modules.contains(&module) {
                    return;
                }
                rest = &path[1..];
            }
        }
        for step in rest {
            module.push(step.clone());
            if !self.modules.contains(&module) {
                module.pop();
                break;
            }
        }
        self.named.push(module);
    }

    fn add_tree(&mut self, tree: &UseTree, path: &mut Vec<String>) {
        match tree {
            UseTree::Path(it) => {
                path.push(it.ident.to_string());
                self.add_tree(&it.tree, path);
                path.pop();
            }
            UseTree::Group(it) => it.items.iter().for_each(|tree| self.add_tree(tree, path)),
            UseTree::Name(it) if it.ident == "self" => self.add(path),
            UseTree::Name(it) => self.add_name(path, it.ident.to_string()),
            UseTree::Rename(it) => self.add_name(path, it.ident.to_string()),
            UseTree::Glob(_) => self.add(path),
        }
    }

    fn add_name(&mut self, path: &mut Vec<String>, name: String) {
        path.push(name);
        self.add(path);
        path.pop();
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !item.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !item.attrs.iter().any(is_test) {
            self.add_tree(&item.tree, &mut Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        if segments.len() > 1 {
            self.add(&segments);
        }
        visit::visit_path(self, path);
    }
}

/// `#[cfg(test)]`, also as one of several conditions.
fn is_test(attribute: &Attribute) -> bool {
    let text = quote::quote!(#attribute).to_string();
    attribute.path().is_ident("cfg")
        && text
            .split(|c: char| !c.is_alphanumeric())
            .any(|it| it == "test")
}
