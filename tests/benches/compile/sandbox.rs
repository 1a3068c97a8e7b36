use std::fs;
use std::path::{Path, PathBuf};

/// A directory outside the tree in which crates are made; it goes when this is dropped.
pub(crate) struct Sandbox {
    root: PathBuf,
}

impl Sandbox {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("shard-mesh-{name}-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(&root).expect("a directory for temporary files");
        Self { root }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    /// Makes `root` a workspace of these members.
    pub(crate) fn workspace(&self, members: &[&str]) {
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
        self.write("Cargo.toml", &manifest);
        self.pin();
    }

    /// Makes a crate of tests in `name`.
    pub(crate) fn tests(&self, name: &str, dependencies: &str, source: &str) {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dev-dependencies]\n{dependencies}"
        );
        self.write(&format!("{name}/Cargo.toml"), &manifest);
        self.write(&format!("{name}/src/lib.rs"), source);
    }

    /// Has the crates resolve to what this workspace resolves to.
    fn pin(&self) {
        let lock = workspace().join("Cargo.lock");
        fs::copy(lock, self.root.join("Cargo.lock")).expect("the lock file of the workspace");
    }

    fn write(&self, file: &str, content: &str) {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().expect("a file in a directory")).expect("a directory");
        fs::write(path, content).expect("a file");
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // What stays behind is in a place that is cleaned anyhow.
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// The dependency on the crate under measurement.
pub(crate) fn shard_mesh() -> String {
    let path = workspace().join("transport");
    format!("shard-mesh = {{ path = '{}' }}\n", path.display())
}

/// The least of tokio that `#[tokio::test]` needs.
pub(crate) const TOKIO: &str = "tokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n";

/// What an asynchronous system has anyhow, before it is tested with shard-mesh.
pub(crate) const SYSTEM: &str = "\
async-trait = \"0.1\"
bytes = \"1\"
serde = { version = \"1\", features = [\"derive\"] }
thiserror = \"2\"
tokio = { version = \"1\", features = [\"full\"] }
tracing = \"0.1\"
";

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace of this crate")
}
