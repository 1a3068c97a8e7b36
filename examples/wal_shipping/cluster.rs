//! The parts put together: two leaders that share the keys, two followers that copy both, and a disk
//! for each, which outlives its crashes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use shard_mesh::{Endpoint, Mesh, ShardId};
use tempfile::TempDir;

use crate::follower::{FollowerDb, follow};
use crate::log::{self, LogError, LogWriter};
use crate::packet::{Packet, ReplicationError};
use crate::router::ShardRouter;
use crate::shipper::WalShipper;

pub(crate) const LEADERS: [ShardId; 2] = [ShardId(0), ShardId(1)];
pub(crate) const FOLLOWERS: [ShardId; 2] = [ShardId(2), ShardId(3)];

/// The leaders that have shipped their whole log to every follower.
type Shipped = Arc<Mutex<BTreeSet<ShardId>>>;

pub(crate) struct Cluster {
    mesh: Mesh<Packet>,
    disks: TempDir,
    shipped: Shipped,
}

impl Cluster {
    /// Sets all to work, the leaders with the log of `records`, each at the leader of its key.
    pub(crate) fn start(
        mesh: &Mesh<Packet>,
        endpoints: impl IntoIterator<Item = Endpoint<Packet>>,
        records: impl IntoIterator<Item = (String, i64)>,
    ) -> Result<Self, LogError> {
        let cluster = Self {
            mesh: mesh.clone(),
            disks: tempfile::tempdir().expect("there is room for a temporary directory"),
            shipped: Shipped::default(),
        };
        for shard in LEADERS.into_iter().chain(FOLLOWERS) {
            let disk = cluster.disk(shard);
            fs::create_dir(&disk).map_err(LogError::io(&disk))?;
        }
        let mut logs = LEADERS.map(|shard| (shard, LogWriter::new(cluster.disk(shard), shard)));
        let router = ShardRouter::new(LEADERS);
        for (key, amount) in records {
            let (_, log) = (logs.iter_mut())
                .find(|(shard, _)| *shard == router.shard_of(&key))
                .expect("it routes to leaders");
            log.append(&key, amount)?;
        }
        for (_, log) in &mut logs {
            log.seal()?;
        }
        for endpoint in endpoints {
            let disk = cluster.disk(endpoint.local_shard());
            if LEADERS.contains(&endpoint.local_shard()) {
                let shipped = cluster.shipped.clone();
                mesh.host(endpoint, move |at| lead(at, disk.clone(), shipped.clone()));
            } else {
                mesh.host(endpoint, move |at| follow(at, disk.clone()));
            }
        }
        Ok(cluster)
    }

    pub(crate) fn disk(&self, shard: ShardId) -> PathBuf {
        self.disks.path().join(shard.to_string())
    }

    /// Waits until every leader has shipped its log to every follower. Returns what is on the disks of
    /// those.
    pub(crate) async fn shipped(&self) -> Result<BTreeMap<ShardId, FollowerDb>, LogError> {
        let shipped = self.shipped.clone();
        let all = move || shipped.lock().unwrap().len() == LEADERS.len();
        self.mesh.until("both logs are shipped", all).await;
        let open = |id| Ok((id, FollowerDb::open(self.disk(id))?));
        FOLLOWERS.into_iter().map(open).collect()
    }

    /// The log of `leader`, as it lies on the disk of `on`: the bytes of its segments, joined.
    pub(crate) fn log_bytes(&self, leader: ShardId, on: ShardId) -> Result<Vec<u8>, LogError> {
        let disk = self.disk(on);
        let mut bytes = Vec::new();
        for name in log::segments(&disk)? {
            if name.shard == leader {
                let path = disk.join(name.to_string());
                bytes.extend(fs::read(&path).map_err(LogError::io(&path))?);
            }
        }
        Ok(bytes)
    }
}

/// The life of a leader. It remembers nothing: after a crash the followers say what they have.
async fn lead(
    endpoint: Endpoint<Packet>,
    disk: PathBuf,
    shipped: Shipped,
) -> Result<(), ReplicationError> {
    let id = endpoint.local_shard();
    WalShipper::open(endpoint, disk, FOLLOWERS)?.ship().await?;
    shipped.lock().unwrap().insert(id);
    // Its links stay open, as it has not exited: more records may come.
    std::future::pending().await
}
