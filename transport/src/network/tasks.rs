//! Tasks that belong to a shard: they are frozen with it, and die with it.

use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use crate::contract::shard_id::ShardId;
use crate::network::supervisor::Supervisor;
use crate::sync::{Mutex, MutexGuard, lock};

/// The tasks of all shards of a mesh.
pub(crate) struct Tasks {
    list: Mutex<List>,
}

/// A task of a shard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) shard: ShardId,
    /// The line that spawned it.
    pub(crate) asked: &'static Location<'static>,
}

struct List {
    tasks: Vec<(Task, Weak<dyn Owned>)>,
    /// When there are so many, those that are over are forgotten: not one by one, so that a test
    /// can have many.
    full: usize,
}

impl List {
    const LEAST: usize = 64;

    fn add(&mut self, task: Task, owned: Weak<dyn Owned>) {
        if self.tasks.len() >= self.full {
            self.tasks.retain(|(_, owned)| owned.strong_count() > 0);
            self.full = Self::LEAST.max(2 * self.tasks.len());
        }
        self.tasks.push((task, owned));
    }
}

/// A task, without its type.
trait Owned: Send + Sync {
    fn crash(&self);
    fn pause(&self, paused: bool);
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            list: Mutex::new(List {
                tasks: Vec::new(),
                full: List::LEAST,
            }),
        }
    }

    /// `body` as a task of a shard, to be spawned.
    pub(crate) fn adopt<T: Send + 'static>(
        &self,
        task: Task,
        paused: bool,
        body: Pin<Box<dyn Future<Output = T> + Send>>,
        supervisor: Option<Arc<dyn Supervisor>>,
    ) -> Adopted<T> {
        let adoptee = Arc::new(Adoptee {
            state: Mutex::new(State {
                body: Some(body),
                crashed: false,
                paused,
                waker: None,
            }),
        });
        let owned: Arc<dyn Owned> = adoptee.clone();
        lock(&self.list).add(task, Arc::downgrade(&owned));
        Adopted {
            task: adoptee,
            shard: task.shard,
            supervisor,
        }
    }

    pub(crate) fn crash(&self, shard: ShardId) {
        for task in self.of(shard) {
            task.crash();
        }
    }

    pub(crate) fn pause(&self, shard: ShardId, paused: bool) {
        for task in self.of(shard) {
            task.pause(paused);
        }
    }

    fn of(&self, shard: ShardId) -> Vec<Arc<dyn Owned>> {
        let list = lock(&self.list);
        let tasks = list.tasks.iter().filter(|(task, _)| task.shard == shard);
        tasks.filter_map(|(_, owned)| owned.upgrade()).collect()
    }

    /// Those that are not over, in the order in which they were spawned.
    pub(crate) fn unfinished(&self) -> Vec<Task> {
        let list = lock(&self.list);
        let alive = list.tasks.iter().filter(|it| it.1.strong_count() > 0);
        alive.map(|(task, _)| *task).collect()
    }
}

struct Adoptee<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    /// Out while it is polled, which is the test's code and may crash its own shard.
    body: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    crashed: bool,
    paused: bool,
    waker: Option<Waker>,
}

impl<T> Adoptee<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        lock(&self.state)
    }
}

impl<T: Send> Owned for Adoptee<T> {
    fn crash(&self) {
        let mut state = self.state();
        state.crashed = true;
        let (body, waker) = (state.body.take(), state.waker.take());
        drop(state);
        drop(body);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn pause(&self, paused: bool) {
        let mut state = self.state();
        state.paused = paused;
        let waker = if paused { None } else { state.waker.take() };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The future of a task that belongs to a shard. Completes with `None` if the shard crashes before
/// the task is done.
pub(crate) struct Adopted<T> {
    task: Arc<Adoptee<T>>,
    shard: ShardId,
    supervisor: Option<Arc<dyn Supervisor>>,
}

impl<T> Future for Adopted<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.task.state();
        if state.crashed {
            return Poll::Ready(None);
        }
        state.waker = Some(cx.waker().clone());
        if state.paused {
            return Poll::Pending;
        }
        let Some(mut body) = state.body.take() else {
            return Poll::Ready(None);
        };
        drop(state);
        // The body is not used after a panic, so nothing broken can be seen.
        match catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(cx))) {
            // Done, unless it crashed its own shard.
            Ok(Poll::Ready(output)) => {
                let crashed = self.task.state().crashed;
                Poll::Ready(Some(output).filter(|_| !crashed))
            }
            Ok(Poll::Pending) => {
                let mut state = self.task.state();
                if state.crashed {
                    drop(state);
                    drop(body);
                    return Poll::Ready(None);
                }
                state.body = Some(body);
                Poll::Pending
            }
            Err(panic) => match &self.supervisor {
                None => resume_unwind(panic),
                Some(supervisor) => {
                    supervisor.task_panicked(self.shard, panic);
                    resume_unwind(Box::new(format!("a task of shard {} panicked", self.shard)))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adopt(tasks: &Tasks) -> Adopted<()> {
        let task = Task {
            shard: ShardId(0),
            asked: Location::caller(),
        };
        tasks.adopt(task, false, Box::pin(std::future::pending()), None)
    }

    #[test]
    fn many_tasks_are_adopted_in_no_time() {
        let tasks = Tasks::new();
        let live: Vec<_> = (0..200_000).map(|_| adopt(&tasks)).collect();
        assert_eq!(tasks.of(ShardId(0)).len(), live.len());
    }

    #[test]
    fn tasks_that_are_over_are_forgotten() {
        let tasks = Tasks::new();
        let _live: Vec<_> = (0..100).map(|_| adopt(&tasks)).collect();
        for _ in 0..100_000 {
            drop(adopt(&tasks));
        }
        assert!(lock(&tasks.list).tasks.len() <= 200);
        assert_eq!(tasks.of(ShardId(0)).len(), 100);
        assert_eq!(tasks.unfinished().len(), 100);
    }
}
