//! Tasks of `tokio::spawn`, which belong to nobody and outlive a crash: how many there are.
//!
//! tokio tells how many tasks are alive. Those of shards are counted here, so what is left is not
//! theirs. All of that is of one thread: with several, nobody can tell which task has spawned another.

use std::cell::Cell;

use tokio::runtime::Handle;

thread_local! {
    /// How many tasks of shards this thread has spawned, and how many of them are alive.
    static OURS: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// While it lives, a task of tokio's is one of a shard, or a host.
pub(crate) struct Ours(());

impl Ours {
    pub(crate) fn new() -> Self {
        let (spawned, alive) = OURS.get();
        OURS.set((spawned + 1, alive + 1));
        Self(())
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        let (spawned, alive) = OURS.get();
        OURS.set((spawned, alive.saturating_sub(1)));
    }
}

/// How many tasks are alive in the runtime of this thread.
fn alive() -> Option<u64> {
    let runtime = Handle::try_current().ok()?;
    u64::try_from(runtime.metrics().num_alive_tasks()).ok()
}

/// How many tasks of the runtime are alive that belong to no shard.
pub(crate) fn plain_alive() -> u64 {
    let (_, ours) = OURS.get();
    alive().unwrap_or(0).saturating_sub(ours)
}

/// What this thread has spawned up to a moment.
#[derive(Clone, Copy)]
pub(crate) struct Spawned {
    alive: u64,
    ours: u64,
}

impl Spawned {
    /// `None` outside of a runtime.
    pub(crate) fn now() -> Option<Self> {
        let (ours, _) = OURS.get();
        Some(Self {
            alive: alive()?,
            ours,
        })
    }

    /// How many plain tasks were spawned between two moments of one poll, in which no task ends.
    pub(crate) fn plain_since(self, before: Self) -> u64 {
        let grown = self.alive.saturating_sub(before.alive);
        grown.saturating_sub(self.ours - before.ours)
    }
}
