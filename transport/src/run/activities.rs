use std::sync::{Arc, Weak};

use crate::network::tasks::activity::{Activity, Did};
use crate::network::tasks::task::Task;
use crate::sync::{Mutex, lock};

/// What the test itself and the tasks of its shards are doing.
pub(crate) struct Activities {
    pub(crate) body: Activity,
    tasks: Mutex<Tasks>,
}

struct Tasks {
    list: Vec<Weak<Activity>>,
    /// When there are so many, those that are over are forgotten: not one by one, so that a test
    /// can have many.
    full: usize,
}

impl Tasks {
    const LEAST: usize = 64;
}

impl Activities {
    pub(crate) fn new() -> Self {
        Self {
            body: Activity::new(None),
            tasks: Mutex::new(Tasks {
                list: Vec::new(),
                full: Tasks::LEAST,
            }),
        }
    }

    pub(crate) fn add(&self, task: Task) -> Arc<Activity> {
        let activity = Arc::new(Activity::new(Some(task)));
        let mut tasks = lock(&self.tasks);
        if tasks.list.len() >= tasks.full {
            tasks.list.retain(|it| it.strong_count() > 0);
            tasks.full = Tasks::LEAST.max(2 * tasks.list.len());
        }
        tasks.list.push(Arc::downgrade(&activity));
        activity
    }

    /// What those did that did anything since the last look, the test itself first.
    pub(crate) fn look(&self) -> Vec<Did> {
        let tasks = lock(&self.tasks);
        let alive = tasks.list.iter().filter_map(Weak::upgrade);
        let did = alive.filter_map(|it| it.look());
        self.body.look().into_iter().chain(did).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;
    use crate::contract::shard_id::ShardId;

    #[test]
    fn tasks_that_are_over_are_forgotten() {
        let activities = Activities::new();
        let task = Task {
            shard: ShardId(0),
            asked: Location::caller(),
        };
        let _live: Vec<_> = (0..100).map(|_| activities.add(task)).collect();
        for _ in 0..100_000 {
            drop(activities.add(task));
        }
        assert!(lock(&activities.tasks).list.len() <= 200);
    }
}
