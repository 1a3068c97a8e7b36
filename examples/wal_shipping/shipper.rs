//! The leader's side: ships the sealed segments of its log, from where each follower left off.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use shard_mesh::{Endpoint, ShardId, TransportError, WalSegmentPayload};
use tokio::time::{Instant, timeout_at};

use crate::log;
use crate::packet::{self, Packet, ReplicationError};
use crate::segment_name::SegmentName;

/// How many segments a follower is sent ahead of what it has acknowledged.
const WINDOW: usize = 4;
/// Longer than a segment, its writing and its acknowledgement take together.
const RETRY_AFTER: Duration = Duration::from_millis(60);

/// What it took to ship a log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shipped {
    pub(crate) asked: usize,
    pub(crate) sent: usize,
}

/// Keeps nothing that must outlive a crash: where to resume is what the followers say.
pub(crate) struct WalShipper {
    endpoint: Endpoint<Packet>,
    dir: PathBuf,
    log: Vec<SegmentName>,
    /// The sequence number behind the last of the log.
    end: u64,
    followers: BTreeMap<ShardId, Progress>,
    shipped: Shipped,
}

struct Progress {
    /// The sequence number that is due, if the follower has told.
    next: Option<u64>,
    /// The index in the log of the segment to be sent to it.
    send: usize,
    retry_at: Instant,
}

impl WalShipper {
    /// To ship what is sealed in `dir` by now.
    pub(crate) fn open(
        endpoint: Endpoint<Packet>,
        dir: PathBuf,
        followers: impl IntoIterator<Item = ShardId>,
    ) -> Result<Self, ReplicationError> {
        let mut log = log::segments(&dir)?;
        log.retain(|name| name.shard == endpoint.local_shard());
        let end = match log.last() {
            None => 0,
            Some(last) => log::read(&dir, *last)?.1.sequence.end() + 1,
        };
        let unknown = || Progress {
            next: None,
            send: 0,
            retry_at: Instant::now(),
        };
        Ok(Self {
            endpoint,
            dir,
            log,
            end,
            followers: followers.into_iter().map(|id| (id, unknown())).collect(),
            shipped: Shipped::default(),
        })
    }

    /// Returns when every follower has acknowledged the whole log.
    pub(crate) async fn ship(mut self) -> Result<Shipped, ReplicationError> {
        loop {
            let behind = |progress: &&Progress| progress.next < Some(self.end);
            let retries = self.followers.values().filter(behind);
            let Some(retry_at) = retries.map(|progress| progress.retry_at).min() else {
                return Ok(self.shipped);
            };
            match timeout_at(retry_at, self.endpoint.recv_segment_from()).await {
                Ok(Some((follower, Packet::Ack { next }))) => self.hear(follower, next)?,
                Ok(Some(_)) => {}
                Ok(None) => return Err(TransportError::Closed.into()),
                Err(_) => self.ask_the_silent()?,
            }
        }
    }

    /// Takes note of what a follower has, and sends what that leaves room for.
    fn hear(&mut self, follower: ShardId, next: u64) -> Result<(), ReplicationError> {
        let Some(progress) = self.followers.get_mut(&follower) else {
            return Ok(());
        };
        let due = self.log.partition_point(|name| name.first < next);
        match progress.next {
            // It brings no news, and must not put the retry off.
            Some(known) if next <= known => return Ok(()),
            Some(_) => progress.send = progress.send.max(due),
            // What was sent before it was asked is taken for lost.
            None => progress.send = due,
        }
        progress.next = Some(next);
        progress.retry_at = Instant::now() + RETRY_AFTER;
        while progress.send < self.log.len().min(due + WINDOW) {
            // Read anew each time: nothing is kept in memory for those that are slow.
            let (bytes, batch) = log::read(&self.dir, self.log[progress.send])?;
            progress.send += 1;
            let number = u64::try_from(progress.send).expect("a usize has 64 bits or less");
            let segment = WalSegmentPayload::new(self.endpoint.local_shard(), number, bytes)
                .with_sequence(batch.sequence);
            self.shipped.sent += 1;
            packet::send(&self.endpoint, follower, Packet::Segment(segment))?;
        }
        Ok(())
    }

    /// Forgets what it believed of those that were silent too long, and asks: they may have crashed,
    /// or even come back with an empty disk.
    fn ask_the_silent(&mut self) -> Result<(), ReplicationError> {
        let now = Instant::now();
        for (&follower, progress) in &mut self.followers {
            if progress.next < Some(self.end) && progress.retry_at <= now {
                progress.next = None;
                progress.retry_at = now + RETRY_AFTER;
                self.shipped.asked += 1;
                packet::send(&self.endpoint, follower, Packet::Ask)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use shard_mesh::Mesh;

    use super::*;
    use crate::log::LogWriter;

    fn write_log(dir: &std::path::Path, records: i64) -> usize {
        let mut log = LogWriter::new(dir.to_owned(), ShardId(0));
        (1..=records).for_each(|number| log.append("key", number).unwrap());
        log.seal().unwrap();
        log::segments(dir).unwrap().len()
    }

    #[shard_mesh::test(leader = 0, followers = [1], topology = duplex)]
    async fn the_leader_runs_a_window_ahead_and_no_further(
        leader: Endpoint<Packet>,
        follower: Endpoint<Packet>,
        mesh: Mesh<Packet>,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let segments = write_log(dir.path(), 1000);
        let shipper = WalShipper::open(leader, dir.path().into(), [ShardId(1)]).unwrap();
        let shipped = mesh.spawn(0, shipper.ship());

        // Plays the follower: acknowledges a segment only when nothing more comes.
        assert!(matches!(follower.recv_segment().await, Some(Packet::Ask)));
        let mut next = 1;
        for received in 1..=segments {
            follower
                .send_segment(ShardId(0), Packet::Ack { next })
                .await
                .unwrap();
            let Some(Packet::Segment(segment)) = follower.recv_segment().await else {
                panic!("a segment is due");
            };
            assert_eq!(*segment.sequence().start(), next);
            next = segment.sequence().end() + 1;
            tokio::task::yield_now().await;
            let ahead = WINDOW.min(segments - received + 1) - 1;
            assert_eq!(
                mesh.stats().link(0, 1).waiting,
                u64::try_from(ahead).unwrap()
            );
        }
        follower
            .send_segment(ShardId(0), Packet::Ack { next })
            .await
            .unwrap();
        let shipped = shipped.await.unwrap().expect("no crash").unwrap();
        let expected = Shipped {
            asked: 1,
            sent: segments,
        };
        assert_eq!(shipped, expected);
    }

    #[shard_mesh::test(leader = 0, followers = [1], topology = duplex)]
    async fn shipping_resumes_at_what_the_follower_has(
        leader: Endpoint<Packet>,
        follower: Endpoint<Packet>,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let segments = write_log(dir.path(), 100);
        let third = log::segments(dir.path()).unwrap()[2].first;
        for (next, sent) in [(1, segments), (third, segments - 2), (101, 0)] {
            // The second acknowledges what the first makes the leader send.
            for next in [next, 101] {
                follower
                    .send_segment(ShardId(0), Packet::Ack { next })
                    .await
                    .unwrap();
            }
            let shipper = WalShipper::open(leader.clone(), dir.path().into(), [ShardId(1)]);
            let shipped = shipper.unwrap().ship().await.unwrap();
            assert_eq!(shipped.sent, sent.min(WINDOW), "from {next}");
        }
    }

    #[shard_mesh::test(leader = 0, followers = [1], topology = duplex)]
    async fn an_acknowledgement_without_news_does_not_put_the_retry_off(
        leader: Endpoint<Packet>,
        follower: Endpoint<Packet>,
        mesh: Mesh<Packet>,
    ) {
        let dir = tempfile::tempdir().unwrap();
        write_log(dir.path(), 100);
        let shipper = WalShipper::open(leader, dir.path().into(), [ShardId(1)]).unwrap();
        mesh.spawn(0, shipper.ship());
        let mut asked = 0;
        for _ in 0..30 {
            let ack = Packet::Ack { next: 1 };
            follower.send_segment(ShardId(0), ack).await.unwrap();
            tokio::time::sleep(RETRY_AFTER / 3).await;
            while let Ok(packet) = follower.try_recv_segment() {
                asked += u32::from(matches!(packet, Packet::Ask));
            }
        }
        // Ten times the retry's time passed; after each question one answer is news.
        assert!(asked > 5, "asked {asked} times");
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn a_torn_segment_is_not_shipped(leader: Endpoint<Packet>, _follower: Endpoint<Packet>) {
        let dir = tempfile::tempdir().unwrap();
        write_log(dir.path(), 1);
        let file = dir
            .path()
            .join(log::segments(dir.path()).unwrap()[0].to_string());
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
        let error = WalShipper::open(leader, dir.path().into(), [ShardId(1)])
            .err()
            .unwrap();
        assert!(
            error.to_string().contains("is torn: at least 1 bytes"),
            "{error}"
        );
    }
}
