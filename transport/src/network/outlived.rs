//! What has outlived a crash: tasks that belong to nobody.

use crate::contract::shard_id::ShardId;

#[derive(Clone, Debug, Default)]
pub(crate) struct Outlived {
    /// Which disk of which shard was touched by such a task, and how often.
    pub(crate) disks: Vec<(ShardId, String, u64)>,
    /// Of which shard that crashed tasks had spawned how many that belong to nobody, and how many such
    /// tasks of the whole test were alive after the crash.
    pub(crate) tasks: Vec<(ShardId, u64, u64)>,
    /// The same of crashes after which nobody has looked yet.
    pub(crate) crashed: Vec<(ShardId, u64)>,
}

/// As many crashes are told at most.
const MOST: usize = 8;

impl Outlived {
    pub(crate) fn touched(&mut self, shard: ShardId, disk: &str) {
        match self.disks.iter_mut().find(|(_, known, _)| known == disk) {
            Some((_, _, times)) => *times += 1,
            None => self.disks.push((shard, disk.to_owned(), 1)),
        }
    }

    /// So many tasks that belong to nobody are alive.
    pub(crate) fn look(&mut self, alive: u64) {
        for (shard, spawned) in self.crashed.drain(..) {
            if alive > 0 && self.tasks.len() < MOST {
                self.tasks.push((shard, spawned, alive));
            }
        }
    }
}
