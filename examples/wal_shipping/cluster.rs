//! The parts put together: two leaders that share the keys, two followers that copy both, and a disk
//! for each, which outlives its crashes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use shard_mesh::{Endpoint, Mesh, ShardId};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::follower::{FollowerDb, follow};
use crate::log::{self, LogError, LogWriter};
use crate::packet::{Packet, ReplicationError};
use crate::router::ShardRouter;
use crate::shipper::{Shipped, WalShipper};

pub(crate) const LEADERS: [ShardId; 2] = [ShardId(0), ShardId(1)];
pub(crate) const FOLLOWERS: [ShardId; 2] = [ShardId(2), ShardId(3)];

/// `None` if its shard has crashed.
type Task<T> = JoinHandle<Option<Result<T, ReplicationError>>>;

pub(crate) struct Cluster {
    mesh: Mesh<Packet>,
    disks: TempDir,
    /// Kept to the end: a follower is done when the leaders are gone.
    endpoints: BTreeMap<ShardId, Endpoint<Packet>>,
    leaders: BTreeMap<ShardId, Task<Shipped>>,
    followers: BTreeMap<ShardId, Task<FollowerDb>>,
}

impl Cluster {
    /// Sets all to work, the leaders with the log of `records`, each at the leader of its key.
    pub(crate) fn start(
        mesh: Mesh<Packet>,
        endpoints: impl IntoIterator<Item = Endpoint<Packet>>,
        records: impl IntoIterator<Item = (String, i64)>,
    ) -> Result<Self, ReplicationError> {
        let mut cluster = Self {
            mesh,
            disks: tempfile::tempdir().expect("there is room for a temporary directory"),
            endpoints: BTreeMap::new(),
            leaders: BTreeMap::new(),
            followers: BTreeMap::new(),
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
            cluster.run(endpoint)?;
        }
        Ok(cluster)
    }

    pub(crate) fn disk(&self, shard: ShardId) -> PathBuf {
        self.disks.path().join(shard.to_string())
    }

    /// Sets a shard to work on what its disk holds, when all begins and when it was restarted.
    pub(crate) fn run(&mut self, endpoint: Endpoint<Packet>) -> Result<(), ReplicationError> {
        let (id, disk) = (endpoint.local_shard(), self.disk(endpoint.local_shard()));
        if LEADERS.contains(&id) {
            let shipper = WalShipper::open(endpoint.clone(), disk, FOLLOWERS)?;
            (self.leaders).insert(id, self.mesh.spawn(id, shipper.ship()));
        } else {
            let follower = follow(endpoint.clone(), disk);
            self.followers.insert(id, self.mesh.spawn(id, follower));
        }
        self.endpoints.insert(id, endpoint);
        Ok(())
    }

    /// Waits until every leader has shipped its log to every follower, and ends them all.
    pub(crate) async fn finish(
        &mut self,
    ) -> Result<BTreeMap<ShardId, FollowerDb>, ReplicationError> {
        for shipped in std::mem::take(&mut self.leaders).into_values() {
            (shipped.await.expect("no panic")).expect("a leader that crashed runs again")?;
        }
        self.endpoints.clear();
        let mut followers = BTreeMap::new();
        for (id, follower) in std::mem::take(&mut self.followers) {
            let follower = follower.await.expect("no panic");
            followers.insert(id, follower.expect("a follower that crashed runs again")?);
        }
        Ok(followers)
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
