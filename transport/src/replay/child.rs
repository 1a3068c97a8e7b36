//! A child process that runs one seed of one test again.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::answer::Answer;
use super::request::{self, RerunRequest};
use super::returned;
use crate::decision::choice::FixedDecisions;
use crate::run::rerun::Telling;

/// How long to wait between two looks at a child that runs.
const LOOK: Duration = Duration::from_millis(1);

/// Which test, and which seed of it, is run again.
pub(crate) struct Subject<'a> {
    /// The name by which the test runner knows the test.
    pub(crate) runner_name: &'a str,
    /// The name that its harness has.
    pub(crate) name: &'a str,
    pub(crate) seed: u64,
    /// The folder in which the test began.
    pub(crate) folder: Option<&'a Path>,
    /// Whether nothing is drawn, so that nothing can be shrunk.
    pub(crate) pinned: bool,
    /// The decisions that the run took and did not draw, if there were any.
    pub(crate) fixed: Option<&'a FixedDecisions>,
}

/// Runs the test again, for so long at most: with these decisions, and told to a reader, where that is asked
/// for.
///
/// # Errors
///
/// Why there is no answer.
pub(super) fn run(
    subject: &Subject<'_>,
    what: (Option<FixedDecisions>, Option<Telling>),
    limit: Duration,
    stderr: Stderr,
) -> Result<Answer, String> {
    if cfg!(miri) {
        return Err("Miri cannot start a process".to_owned());
    }
    let scratch = Scratch::new().map_err(|error| format!("no folder to work in: {error}"))?;
    let file = scratch.0.join("request");
    let request = RerunRequest::new(subject.name, what, limit, &file);
    fs::write(&file, request.write()).map_err(|error| format!("no file to work with: {error}"))?;
    let mut command = command(subject, &file).map_err(|error| error.to_string())?;
    let said = scratch.0.join("stderr");
    if stderr == Stderr::Read {
        let file = fs::File::create(&said).map_err(|error| error.to_string())?;
        command.stderr(file);
    }
    let ended = wait(&mut command, limit)
        .map_err(|error| format!("no process could be started: {error}"))?;
    match (Answer::in_file(&request.answer), ended) {
        (Some(answer), _) => Ok(Answer {
            error: fs::read(said)
                .ok()
                .and_then(|said| returned::error_in(&said)),
            ..answer
        }),
        (None, None) => Err(format!("the rerun took more than {limit:?}")),
        (None, Some(status)) => Err(format!(
            "the test runner knows no test `{}`, or the process ended before its end: {status}",
            subject.runner_name
        )),
    }
}

/// What becomes of what a rerun writes to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stderr {
    /// Nobody reads it.
    Ignored,
    /// The error that the test returned is looked for in it.
    Read,
}

/// The same executable, with that one test, and its output put aside.
fn command(subject: &Subject<'_>, request: &Path) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    let (variable, value) = request::environment(request);
    command
        .args([subject.runner_name, "--exact", "--include-ignored"])
        .args(["--nocapture", "--test-threads=1"])
        .env(variable, value)
        .env("SHARD_MESH_SEED", subject.seed.to_string())
        .env_remove("SHARD_MESH_SEEDS")
        .env("SHARD_MESH_TIMELINE", "never")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(folder) = subject.folder {
        command.current_dir(folder);
    }
    Ok(command)
}

/// How the process ended; `None` if it did not in time, and was killed.
fn wait(command: &mut Command, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    let mut child = command.spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

/// A folder that is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        // The folder is this process's own, and made anew: whoever comes second tries another name.
        loop {
            let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
            let name = format!("shard-mesh-{}-{}", process::id(), now.as_nanos());
            let path = env::temp_dir().join(name);
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
