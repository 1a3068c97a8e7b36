//! A log on disk: a directory with a file per segment, each one batch of records.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use shard_mesh::ShardId;
use thiserror::Error;

use crate::batch::{Batch, BatchError};
use crate::segment_name::{NameError, SegmentName};

/// A segment is sealed when it holds this many bytes of records or more.
const SEAL_AT: usize = 256;

#[derive(Debug, Error)]
pub(crate) enum LogError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("{path} is {source}")]
    Batch { path: PathBuf, source: BatchError },
    #[error("{path} begins at {found}, where {due} is due: segments are missing, or twice there")]
    Gap { path: PathBuf, due: u64, found: u64 },
}

impl LogError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// The segments in `dir`, in order. Files that are not `.wal` are none.
pub(crate) fn segments(dir: &Path) -> Result<Vec<SegmentName>, LogError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(LogError::io(dir))? {
        let name = entry.map_err(LogError::io(dir))?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".wal") {
            names.push(name.parse()?);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Reads a segment: its bytes, and what they say.
pub(crate) fn read(dir: &Path, name: SegmentName) -> Result<(Bytes, Batch), LogError> {
    read_batch(&dir.join(name.to_string()))
}

pub(crate) fn read_batch(path: &Path) -> Result<(Bytes, Batch), LogError> {
    let bytes = Bytes::from(fs::read(path).map_err(LogError::io(path))?);
    let batch = decode(bytes.clone()).map_err(|source| LogError::Batch {
        path: path.to_owned(),
        source,
    })?;
    Ok((bytes, batch))
}

/// Reads a batch of which every record can be read.
pub(crate) fn decode(bytes: Bytes) -> Result<Batch, BatchError> {
    let batch = Batch::decode(bytes)?;
    if lines(&batch).any(|record| record.is_none()) {
        return Err(BatchError::Corrupt("a record is not a key and an amount"));
    }
    Ok(batch)
}

/// The records of a batch: a key, and what is added to its sum.
pub(crate) fn records(batch: &Batch) -> impl Iterator<Item = (&str, i64)> {
    lines(batch).flatten()
}

fn lines(batch: &Batch) -> impl Iterator<Item = Option<(&str, i64)>> {
    let lines = batch.records.split_inclusive(|&byte| byte == b'\n');
    lines.map(|line| {
        let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
        let (key, amount) = line.rsplit_once(' ')?;
        Some((key, amount.parse().ok()?))
    })
}

/// Writes the log of one shard. A real one would write each record to disk at once, and `fsync`;
/// here, what is not sealed is not yet there.
pub(crate) struct LogWriter {
    dir: PathBuf,
    shard: ShardId,
    /// The first record of the segment that is not sealed yet, and the one due.
    first: u64,
    next: u64,
    records: String,
}

impl LogWriter {
    /// A log that is to begin in an empty directory.
    pub(crate) fn new(dir: PathBuf, shard: ShardId) -> Self {
        Self {
            dir,
            shard,
            first: 1,
            next: 1,
            records: String::new(),
        }
    }

    /// # Panics
    ///
    /// If the key is of more than one line.
    pub(crate) fn append(&mut self, key: &str, amount: i64) -> Result<(), LogError> {
        assert!(!key.contains('\n'), "a record is a line, and so is its key");
        writeln!(self.records, "{key} {amount}").expect("a string takes all");
        self.next += 1;
        if self.records.len() >= SEAL_AT {
            self.seal()?;
        }
        Ok(())
    }

    /// Makes a segment of what was appended. It gets its name when it is whole.
    pub(crate) fn seal(&mut self) -> Result<(), LogError> {
        if self.records.is_empty() {
            return Ok(());
        }
        let batch = Batch {
            shard: Some(self.shard),
            sequence: self.first..=self.next - 1,
            records: std::mem::take(&mut self.records).into(),
        };
        let name = SegmentName {
            shard: self.shard,
            first: self.first,
        };
        let path = self.dir.join(name.to_string());
        let open = path.with_extension("open");
        fs::write(&open, batch.encode()).map_err(LogError::io(&open))?;
        fs::rename(&open, &path).map_err(LogError::io(&path))?;
        self.first = self.next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::encode_v1;

    #[test]
    fn segments_hold_whole_records_and_make_up_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = LogWriter::new(dir.path().to_owned(), ShardId(7));
        for number in 1..=100 {
            log.append(&format!("key {number}"), number).unwrap();
        }
        log.seal().unwrap();
        let (mut next, mut read_back) = (1, Vec::new());
        for name in segments(dir.path()).unwrap() {
            let (_, batch) = read(dir.path(), name).unwrap();
            assert_eq!((name.shard, batch.shard), (ShardId(7), Some(ShardId(7))));
            assert_eq!((name.first, *batch.sequence.start()), (next, next));
            next = batch.sequence.end() + 1;
            read_back.extend(records(&batch).map(|(key, amount)| (key.to_owned(), amount)));
        }
        let written = (1..=100).map(|number| (format!("key {number}"), number));
        assert_eq!(read_back, written.collect::<Vec<_>>());
    }

    #[test]
    fn what_is_not_sealed_is_no_segment() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = LogWriter::new(dir.path().to_owned(), ShardId(7));
        log.append("key", 1).unwrap();
        fs::write(
            dir.path().join("0000000000000007-0000000000000001.open"),
            "torn",
        )
        .unwrap();
        assert_eq!(segments(dir.path()).unwrap(), []);
        log.seal().unwrap();
        assert_eq!(segments(dir.path()).unwrap().len(), 1);
    }

    #[test]
    fn a_batch_with_a_record_that_says_nothing_is_corrupt() {
        for records in ["key 1\nkey\n", "key one\n", "key 1\nkey 2", "\n"] {
            let error = decode(encode_v1(1..=2, records.as_bytes())).unwrap_err();
            assert!(
                error.to_string().contains("is not a key and an amount"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_file_that_is_in_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("7-1.wal");
        fs::write(&path, "WALB").unwrap();
        let error = segments(dir.path()).unwrap_err().to_string();
        assert!(error.contains("`7-1.wal` is not a number"), "{error}");
        let error = read_batch(&path).unwrap_err().to_string();
        assert!(
            error.contains("7-1.wal is torn: at least 2 bytes"),
            "{error}"
        );
    }
}
