//! Standard error, which may be closed, full, captured or locked: none of that fails a test.

use std::fmt;
use std::fs::File;
use std::io::{self, Write as _, stderr};

/// Prints a line to standard error, which a test runner captures. One that cannot be written is lost.
pub(crate) fn line(text: &str) {
    // In one piece, or what another thread prints gets in between.
    eprint!("{}", Whatever(&format!("{text}\n")));
}

/// Writes a line to standard error past the capture of a test runner, which shows what it has
/// captured only when a test ends, and past the lock of standard error, which a test may hold.
pub(crate) fn line_past_all(text: &str) {
    let line = format!("{text}\n");
    let _ = match unlocked() {
        Ok(mut file) => file.write_all(line.as_bytes()),
        Err(_) => stderr().write_all(line.as_bytes()),
    };
}

/// Standard error as a file of its own.
#[cfg(unix)]
fn unlocked() -> io::Result<File> {
    use std::os::fd::AsFd;

    Ok(stderr().as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn unlocked() -> io::Result<File> {
    use std::os::windows::io::AsHandle;

    Ok(stderr().as_handle().try_clone_to_owned()?.into())
}

#[cfg(not(any(unix, windows)))]
fn unlocked() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A text whose formatting succeeds even where it cannot be written: `eprint!` panics when the
/// formatting fails, and the runner captures nothing else.
struct Whatever<'a>(&'a str);

impl fmt::Display for Whatever<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f.write_str(self.0);
        Ok(())
    }
}
