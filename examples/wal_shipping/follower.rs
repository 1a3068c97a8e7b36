//! The follower's side: writes what is shipped to a log of its own, and applies it to sums.
//!
//! On its disk are, for each leader, the segments that it has, and a checkpoint: the sums, and how
//! much of the log is in them. A segment is written to the log, then applied; now and then the
//! checkpoint is replaced. A crash may fall anywhere between: what is in the log and not in the
//! checkpoint is applied when the disk is opened again, and what is in both is not.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use shard_mesh::{Endpoint, ShardId, WalSegmentPayload};
use tokio::time::sleep;

use crate::batch::{Batch, BatchError};
use crate::log::{self, LogError};
use crate::packet::{self, Packet, ReplicationError};
use crate::segment_name::SegmentName;

/// How many segments are applied between two checkpoints.
const CHECKPOINT_EVERY: usize = 4;
/// How long the disk takes to write half of a file.
const HALF_A_WRITE: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub(crate) struct FollowerDb {
    dir: PathBuf,
    copies: BTreeMap<ShardId, LogCopy>,
}

/// What is there of the log of one leader.
#[derive(Debug, Default)]
struct LogCopy {
    /// The last sequence number in the log.
    logged: u64,
    /// The last sequence number in the sums.
    applied: u64,
    sums: BTreeMap<String, i64>,
    /// How many segments were applied since the last checkpoint.
    since_checkpoint: usize,
}

impl FollowerDb {
    /// Takes up what a disk holds, also after a crash: a segment that was being written does not count,
    /// and what was not applied is.
    pub(crate) fn open(dir: PathBuf) -> Result<Self, LogError> {
        let mut db = Self {
            dir,
            copies: BTreeMap::new(),
        };
        let names = log::segments(&db.dir)?;
        for (index, &name) in names.iter().enumerate() {
            let path = db.dir.join(name.to_string());
            let is_last = (names.get(index + 1)).is_none_or(|next| next.shard != name.shard);
            let batch = match log::read_batch(&path) {
                // The end of the log as the crash left it: shipped again, it is written anew. Elsewhere
                // no crash can have torn it.
                Err(LogError::Batch {
                    source: BatchError::Torn { .. },
                    ..
                }) if is_last => continue,
                read => read?.1,
            };
            let copy = db.copy(name.shard)?;
            let (due, found) = (copy.logged + 1, *batch.sequence.start());
            if found != due || name.first != due {
                return Err(LogError::Gap { path, due, found });
            }
            copy.logged = *batch.sequence.end();
            copy.apply(&batch);
        }
        Ok(db)
    }

    /// The sequence number that is due of a leader's log.
    pub(crate) fn due(&self, leader: ShardId) -> u64 {
        self.copies.get(&leader).map_or(1, |copy| copy.logged + 1)
    }

    /// The sum of a key, of what was shipped by the leader to which the key belongs.
    pub(crate) fn get(&self, leader: ShardId, key: &str) -> Option<i64> {
        self.copies.get(&leader)?.sums.get(key).copied()
    }

    /// Logs and applies a segment, if it is whole and due. If it came early, its turn comes again.
    ///
    /// Not cancel safe: after a crash, open the disk anew.
    async fn accept(&mut self, segment: &WalSegmentPayload) -> Result<(), LogError> {
        let (shard, due) = (segment.source(), self.due(segment.source()));
        let Ok(batch) = log::decode(segment.data().clone()) else {
            return Ok(());
        };
        if batch.shard.is_some_and(|writer| writer != shard) || *batch.sequence.start() != due {
            return Ok(());
        }
        let name = SegmentName { shard, first: due };
        write(&self.dir.join(name.to_string()), segment.data()).await?;
        let checkpoint = self.checkpoint(shard);
        let copy = self.copy(shard)?;
        copy.logged = *batch.sequence.end();
        copy.apply(&batch);
        if copy.since_checkpoint >= CHECKPOINT_EVERY {
            let open = checkpoint.with_extension("open");
            write(&open, &copy.to_checkpoint(shard).encode()).await?;
            fs::rename(&open, &checkpoint).map_err(LogError::io(&checkpoint))?;
            copy.since_checkpoint = 0;
        }
        Ok(())
    }

    fn checkpoint(&self, shard: ShardId) -> PathBuf {
        self.dir.join(format!("{:016x}.sums", shard.0))
    }

    /// The copy of a log, from its checkpoint if it is not in memory.
    fn copy(&mut self, shard: ShardId) -> Result<&mut LogCopy, LogError> {
        let checkpoint = self.checkpoint(shard);
        if !self.copies.contains_key(&shard) && checkpoint.exists() {
            let (_, batch) = log::read_batch(&checkpoint)?;
            self.copies.insert(shard, LogCopy::from_checkpoint(&batch));
        }
        Ok(self.copies.entry(shard).or_default())
    }
}

impl LogCopy {
    /// Adds a batch to the sums, unless it is in them.
    fn apply(&mut self, batch: &Batch) {
        if *batch.sequence.start() > self.applied {
            for (key, amount) in log::records(batch) {
                *self.sums.entry(key.to_owned()).or_default() += amount;
            }
            self.applied = *batch.sequence.end();
            self.since_checkpoint += 1;
        }
    }

    /// A checkpoint is a batch too: one record per key in place of all up to `applied`.
    fn to_checkpoint(&self, shard: ShardId) -> Batch {
        let records = self.sums.iter().map(|(key, sum)| format!("{key} {sum}\n"));
        Batch {
            shard: Some(shard),
            sequence: 1..=self.applied,
            records: records.collect::<String>().into(),
        }
    }

    fn from_checkpoint(checkpoint: &Batch) -> Self {
        let mut copy = Self::default();
        copy.apply(checkpoint);
        copy.since_checkpoint = 0;
        copy
    }
}

/// Writes a file as a disk does, bit by bit: a crash may fall between its halves, and after it. (A
/// real one would call `sync_data`, too.)
async fn write(path: &Path, bytes: &[u8]) -> Result<(), LogError> {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut file = File::create(path).map_err(LogError::io(path))?;
    for half in [first, second] {
        file.write_all(half).map_err(LogError::io(path))?;
        sleep(HALF_A_WRITE).await;
    }
    Ok(())
}

/// The life of a follower: accepts what the leaders ship, and tells them what is due. It returns when
/// they are gone.
pub(crate) async fn follow(
    endpoint: Endpoint<Packet>,
    dir: PathBuf,
) -> Result<(), ReplicationError> {
    let mut db = FollowerDb::open(dir)?;
    while let Some((leader, packet)) = endpoint.recv_segment_from().await {
        if let Packet::Segment(segment) = packet {
            db.accept(&segment).await?;
        }
        let next = db.due(leader);
        packet::send(&endpoint, leader, Packet::Ack { next })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bytes::Bytes;
    use shard_mesh::Mesh;
    use tempfile::TempDir;

    use super::*;
    use crate::batch::encode_v1;

    /// The `number`th segment of a log, of two records that each add 1.
    fn segment(number: u64) -> WalSegmentPayload {
        let batch = Batch {
            shard: Some(ShardId(0)),
            sequence: 2 * number - 1..=2 * number,
            records: "even 1\nodd 1\n".into(),
        };
        WalSegmentPayload::new(ShardId(0), number, batch.encode())
    }

    fn open(dir: &TempDir) -> FollowerDb {
        FollowerDb::open(dir.path().to_owned()).unwrap()
    }

    fn sums(db: &FollowerDb) -> [Option<i64>; 2] {
        ["even", "odd"].map(|key| db.get(ShardId(0), key))
    }

    /// What a crash has left: a torn segment, a checkpoint that was not put in its place.
    fn wreck(dir: &TempDir) -> (bool, bool) {
        let names = log::segments(dir.path()).unwrap();
        let torn = names
            .iter()
            .any(|&name| log::read(dir.path(), name).is_err());
        (torn, dir.path().join("0000000000000000.open").exists())
    }

    #[shard_mesh::test(leader = 0, followers = [1], topology = duplex)]
    async fn a_crash_in_any_millisecond_is_made_good(
        _leader: Endpoint<Packet>,
        follower: Endpoint<Packet>,
        mesh: Mesh<Packet>,
    ) {
        // A checkpoint falls between the last two.
        const SEGMENTS: u64 = CHECKPOINT_EVERY as u64 + 1;
        let (mut wrecks, mut follower) = (BTreeSet::new(), Some(follower));
        for millis in 0..=13 {
            let dir = tempfile::tempdir().unwrap();
            let mut db = open(&dir);
            let accepting = mesh.spawn(1, async move {
                for number in 1..=SEGMENTS {
                    db.accept(&segment(number)).await.unwrap();
                }
            });
            sleep(Duration::from_millis(millis)).await;
            mesh.crash(1);
            assert_eq!(accepting.await.unwrap().is_some(), millis == 13);
            wrecks.insert(wreck(&dir));
            follower = Some(mesh.restart(1));

            let mut db = open(&dir);
            let logged = i64::try_from(db.due(ShardId(0)) - 1).unwrap();
            assert_eq!(sums(&db)[0].unwrap_or(0) * 2, logged);
            for number in 1..=SEGMENTS {
                db.accept(&segment(number)).await.unwrap();
            }
            let all = [i64::try_from(SEGMENTS).ok(); 2];
            assert_eq!(sums(&db), all, "crashed after {millis} ms");
            assert_eq!(sums(&open(&dir)), all, "crashed after {millis} ms");
        }
        drop(follower);
        let expected = [(false, false), (false, true), (true, false)];
        assert!(wrecks.iter().eq(&expected), "{wrecks:?}");
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn a_segment_is_applied_when_it_is_due_and_only_then(_l: Endpoint, _f: Endpoint) {
        let dir = tempfile::tempdir().unwrap();
        let mut db = open(&dir);
        for (number, sum) in [
            (2, None),
            (1, Some(1)),
            (1, Some(1)),
            (3, Some(1)),
            (2, Some(2)),
        ] {
            db.accept(&segment(number)).await.unwrap();
            assert_eq!(sums(&db), [sum, sum], "after segment {number}");
        }
        assert_eq!(db.due(ShardId(0)), 5);
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn a_segment_of_another_shard_is_refused(_l: Endpoint, _f: Endpoint) {
        let dir = tempfile::tempdir().unwrap();
        let mut db = open(&dir);
        let data: Bytes = segment(1).into_data();
        let false_sender = WalSegmentPayload::new(ShardId(5), 1, data);
        db.accept(&false_sender).await.unwrap();
        assert_eq!(db.due(ShardId(5)), 1);
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn a_log_of_both_versions_is_one_log(_l: Endpoint, _f: Endpoint) {
        let dir = tempfile::tempdir().unwrap();
        let mut db = open(&dir);
        let old = encode_v1(1..=2, b"even 1\nodd 1\n");
        db.accept(&WalSegmentPayload::new(ShardId(0), 1, old))
            .await
            .unwrap();
        db.accept(&segment(2)).await.unwrap();
        assert_eq!(sums(&db), [Some(2), Some(2)]);
        assert_eq!(sums(&open(&dir)), [Some(2), Some(2)]);
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn a_disk_that_no_crash_can_have_left_is_refused(_l: Endpoint, _f: Endpoint) {
        let dir = tempfile::tempdir().unwrap();
        let mut db = open(&dir);
        for number in 1..=3 {
            db.accept(&segment(number)).await.unwrap();
        }
        let error = || {
            FollowerDb::open(dir.path().to_owned())
                .unwrap_err()
                .to_string()
        };
        let second = dir.path().join("0000000000000000-0000000000000003.wal");
        let bytes = fs::read(&second).unwrap();

        fs::write(&second, &bytes[..20]).unwrap();
        assert!(error().contains("0003.wal is torn"), "{}", error());
        fs::write(&second, [&bytes[..50], b"7", &bytes[51..]].concat()).unwrap();
        assert!(
            error().contains("the checksum of its records is wrong"),
            "{}",
            error()
        );
        fs::remove_file(&second).unwrap();
        assert!(
            error().contains("0005.wal begins at 5, where 3 is due"),
            "{}",
            error()
        );
    }
}
