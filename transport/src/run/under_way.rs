//! Which seeds of a sweep are under way, in a file that outlives the process.
//!
//! A process may die without a word: by `abort`, by a second panic while the first unwinds, by a stack
//! overflow. Nothing in it can say then which seed it was. The file can, and the next sweep of the test
//! tells what it says. It is removed when the sweep ends.

use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, process};

use crate::run::seeds;

/// How many bytes the line of each worker takes.
const LINE: usize = 21;

/// How long the first line is, which says whose file it is.
const HEAD: usize = 64;

/// How many characters of a test's name are in the name of its file.
const LONGEST_NAME: usize = 120;

/// The file of one sweep.
pub(crate) struct UnderWay {
    file: File,
    path: PathBuf,
}

/// A sweep that did not come to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Left {
    process: u32,
    seeds: Vec<u64>,
}

impl UnderWay {
    /// Notes the seeds of a sweep of `test` from now on, if there is a place for that. Returns what an
    /// earlier sweep left.
    pub(crate) fn begin(test: &str) -> (Option<Self>, Option<Left>) {
        match folder() {
            Some(folder) if !cfg!(miri) => Self::begin_in(&folder, test),
            _ => (None, None),
        }
    }

    fn begin_in(folder: &Path, test: &str) -> (Option<Self>, Option<Left>) {
        let path = folder.join(file_name(test));
        let left = match fs::read_to_string(&path) {
            // Another process sweeps the same test, or another thread of this one.
            Ok(noted) if is_alive(&noted) => return (None, None),
            Ok(noted) => Left::read(&noted),
            Err(_) => None,
        };
        (Self::create(path).ok(), left)
    }

    fn create(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)?;
        let id = process::id();
        let head = format!("process {id} {}", started(id).unwrap_or_default());
        file.write_all(format!("{head:<width$}\n", width = HEAD - 1).as_bytes())?;
        Ok(Self { file, path })
    }

    /// A worker begins with a seed, or has no more of them.
    pub(crate) fn note(&self, worker: usize, seed: Option<u64>) {
        let seed = seed.map(|it| it.to_string()).unwrap_or_default();
        let line = format!("{seed:<width$}\n", width = LINE - 1);
        let _ = write_at(&self.file, line.as_bytes(), (HEAD + worker * LINE) as u64);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Left {
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let process = lines.next()?.split_whitespace().nth(1)?.parse().ok()?;
        let seeds: Vec<_> = lines.filter_map(|it| it.trim().parse().ok()).collect();
        (!seeds.is_empty()).then_some(Self { process, seeds })
    }

    /// What is to be said of a sweep of `test`.
    pub(crate) fn tell(&self, test: &str) -> String {
        let Self { process, seeds } = self;
        let set: Vec<_> = seeds.iter().map(|seed| seeds::set_one(*seed)).collect();
        let alone = match seeds.len() {
            1 => "run it",
            _ => "run each",
        };
        format!(
            "shard-mesh: an earlier sweep of `{test}`, in process {process}, has not come to its end. These of \
             its seeds were under way; {alone} alone: {}",
            set.join(", ")
        )
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, at)
}

#[cfg(windows)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, at)
}

#[cfg(not(any(unix, windows)))]
fn write_at(_: &File, _: &[u8], _: u64) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the process lives that wrote this. Where the system does not say, it is taken for dead.
fn is_alive(text: &str) -> bool {
    let mut words = text.lines().next().unwrap_or_default().split_whitespace();
    let id = words.nth(1).and_then(|id| id.parse().ok());
    let then = words.next();
    id.and_then(started).is_some_and(|now| Some(&*now) == then)
}

/// When a process started, in the words of Linux: ids are used again.
fn started(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_name, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19).map(str::to_owned)
}

/// Below cargo's target folder, which it marks.
fn folder() -> Option<PathBuf> {
    let exe = env::current_exe().ok()?;
    let mut above = exe.ancestors().skip(1);
    let target = above.find(|folder| folder.join("CACHEDIR.TAG").exists())?;
    Some(target.join("shard-mesh").join("under-way"))
}

/// The executable and the test, in a name that every file system takes.
fn file_name(test: &str) -> String {
    let exe = env::current_exe().unwrap_or_default();
    let exe = exe.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{exe}.{test}");
    let mut hash = DefaultHasher::new();
    name.hash(&mut hash);
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(plain).take(LONGEST_NAME).collect();
    format!("{name}-{:016x}", hash.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of the test's own.
    fn scratch(name: &str) -> PathBuf {
        let folder = folder().expect("cargo builds into a target folder");
        let folder = folder.join(format!("unit-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_sweep_that_ends_leaves_nothing() {
        let folder = scratch("ends");
        let (under_way, left) = UnderWay::begin_in(&folder, "a::test");
        assert_eq!(left, None);
        under_way.unwrap().note(0, Some(17));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::remove_dir(folder).unwrap();
    }

    #[test]
    fn a_sweep_that_dies_leaves_the_seeds_that_were_under_way() {
        let folder = scratch("dies");
        let under_way = UnderWay::begin_in(&folder, "a::test").0.unwrap();
        under_way.note(2, Some(u64::MAX));
        under_way.note(0, Some(1));
        under_way.note(1, Some(3));
        under_way.note(0, Some(17));
        under_way.note(1, None);
        let path = under_way.path.clone();
        // As if its process had died long ago.
        let text = fs::read_to_string(&path).unwrap();
        let rest = text.split_once('\n').unwrap().1;
        fs::write(&path, format!("{:<63}\n{rest}", "process 4000000000 1")).unwrap();
        std::mem::forget(under_way);
        let (again, left) = UnderWay::begin_in(&folder, "a::test");
        let left = left.unwrap();
        assert_eq!(
            (left.process, &left.seeds[..]),
            (4_000_000_000, &[17, u64::MAX][..])
        );
        let told = left.tell("a::test");
        assert!(
            told.contains("SHARD_MESH_SEED=17, SHARD_MESH_SEED=18446744073709551615"),
            "{told}"
        );
        drop(again);
        fs::remove_dir(folder).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_sweep_beside_another_leaves_its_file_alone() {
        let folder = scratch("beside");
        let first = UnderWay::begin_in(&folder, "a::test").0.unwrap();
        first.note(0, Some(17));
        let (second, left) = UnderWay::begin_in(&folder, "a::test");
        assert!(second.is_none() && left.is_none());
        drop(first);
        fs::remove_dir(folder).unwrap();
    }

    #[test]
    fn a_test_of_any_name_has_a_file() {
        let long = "größer::".repeat(100);
        let (one, other) = (file_name(&long), file_name(&format!("{long}x")));
        assert_ne!(one, other);
        assert!(one.len() <= LONGEST_NAME + 17 && one.is_ascii(), "{one}");
    }
}
