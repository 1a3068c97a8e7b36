//! Tasks that belong to a shard: they are frozen with it, and die with it.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::Location;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;

use tokio::task::JoinHandle;

use crate::contract::shard_id::ShardId;
use crate::network::tasks::activity::{Activity, Doing};
use crate::network::tasks::first_panic::FirstPanic;
use crate::network::tasks::jostle::{Jostled, Jostles, Turn};
use crate::network::tasks::plain::{Ours, Spawned};
use crate::network::tasks::supervisor::Supervisor;
use crate::network::tasks::task::{Running, Task};
use crate::sync::{Mutex, lock};

/// The tasks of all shards of a mesh.
pub(crate) struct Tasks {
    list: Mutex<List>,
    /// Who decides how often they let others go first, if anybody does.
    jostles: OnceLock<Arc<dyn Jostles>>,
}

/// The shard of a task.
///
/// A task asks it whether its life goes on, and keeps no word of its own on that. So a task cannot be
/// polled in a shard that has crashed, or is paused, whatever happens at the same time.
pub(crate) trait Home: Send + Sync {
    /// Grows when the shard crashes: a task of an older life is over.
    fn life(&self) -> u64;

    fn is_paused(&self) -> bool;

    /// Whether the test means its tasks to fail.
    fn may_fail(&self) -> bool;

    /// Whether chaos has ended this life. What a task of it does after that, up to the end of its poll,
    /// a dead machine does: nothing of it counts.
    fn fell(&self, life: u64) -> bool;

    /// One of its tasks has spawned so many that belong to nobody.
    fn spawned_plain(&self, tasks: u64);
}

struct List {
    tasks: Vec<(Task, Weak<dyn Owned>)>,
    /// How many each shard has had.
    counts: BTreeMap<ShardId, u64>,
    /// When there are so many, those that are over are forgotten: not one by one, so that a test
    /// can have many.
    full: usize,
}

impl List {
    const LEAST: usize = 64;

    /// The how-manieth of its shard it is.
    fn add(&mut self, task: Task, owned: Weak<dyn Owned>) -> u64 {
        if self.tasks.len() >= self.full {
            self.tasks.retain(|(_, owned)| owned.strong_count() > 0);
            self.full = Self::LEAST.max(2 * self.tasks.len());
        }
        self.tasks.push((task, owned));
        let count = self.counts.entry(task.shard).or_default();
        *count += 1;
        *count
    }
}

/// A task, without its type.
trait Owned: Send + Sync {
    /// Whether the life of its shard that it belongs to has ended.
    fn is_over(&self) -> bool;
    /// Drops what it runs.
    fn end(&self);
    /// Lets it be polled.
    fn wake(&self);
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            list: Mutex::new(List {
                tasks: Vec::new(),
                counts: BTreeMap::new(),
                full: List::LEAST,
            }),
            jostles: OnceLock::new(),
        }
    }

    /// Lets this one decide how often tasks let others go first; `false` if another does.
    pub(crate) fn jostle_by(&self, jostles: Arc<dyn Jostles>) -> bool {
        self.jostles.set(jostles).is_ok()
    }

    /// `body` as a task of a shard in its life `life`, to be spawned.
    pub(crate) fn adopt<T: Send + 'static>(
        self: &Arc<Self>,
        task: Task,
        (home, life): (Arc<dyn Home>, u64),
        body: Pin<Box<dyn Future<Output = T> + Send>>,
        supervisor: Option<Arc<dyn Supervisor>>,
    ) -> Adopted<T> {
        let adoptee = Arc::new(Adoptee {
            belongs: Arc::new(Belonging {
                what: task,
                home,
                life,
                tasks: self.clone(),
                supervisor: supervisor.clone(),
            }),
            state: Mutex::new(State {
                body: Some(body),
                waker: None,
            }),
        });
        let owned: Arc<dyn Owned> = adoptee.clone();
        let number = lock(&self.list).add(task, Arc::downgrade(&owned));
        // A crash ends the life first and then the tasks on the list: one that did not find this
        // task there is seen here.
        if owned.is_over() {
            owned.end();
        }
        Adopted {
            ours: None,
            task: adoptee,
            number,
            jostled: Jostled::default(),
            activity: supervisor.map(|it| it.task_spawned(task)),
        }
    }

    /// Ends the tasks of a shard whose life has ended: all of them, though the destructor of one
    /// panics.
    pub(crate) fn end_over(&self, shard: ShardId) {
        let mut panic = FirstPanic::default();
        for task in self.of(shard).iter().filter(|task| task.is_over()) {
            panic.catch(|| task.end());
        }
        panic.go_on();
    }

    /// Lets the tasks of a shard be polled, which is paused no longer.
    pub(crate) fn wake(&self, shard: ShardId) {
        let mut panic = FirstPanic::default();
        for task in self.of(shard) {
            panic.catch(|| task.wake());
        }
        panic.go_on();
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

type Body<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// To what a task belongs.
struct Belonging {
    what: Task,
    home: Arc<dyn Home>,
    life: u64,
    tasks: Arc<Tasks>,
    supervisor: Option<Arc<dyn Supervisor>>,
}

impl Belonging {
    fn is_over(&self) -> bool {
        self.home.life() != self.life
    }
}

thread_local! {
    /// Of the task of which this thread runs code now.
    static HERE: RefCell<Option<Arc<Belonging>>> = const { RefCell::new(None) };
}

/// Spawns a task for the shard of whose task this thread runs code, in the same life of the shard; `None`
/// if it runs code of none.
pub(crate) fn spawn_beside<T: Send + 'static>(
    asked: &'static Location<'static>,
    body: Pin<Box<dyn Future<Output = T> + Send>>,
) -> Option<JoinHandle<Option<T>>> {
    let beside = HERE.with_borrow(Clone::clone)?;
    let Belonging {
        what,
        home,
        life,
        tasks,
        supervisor,
    } = &*beside;
    let task = Task { asked, ..*what };
    let home = (home.clone(), *life);
    let adopted = tasks.adopt(task, home, body, supervisor.clone());
    Some(adopted.spawn())
}

/// The life in which the task of this home belongs of which this thread runs code, if it runs any.
pub(crate) fn running_life(home: &Arc<dyn Home>) -> Option<u64> {
    HERE.with_borrow(|here| {
        let here = here.as_ref()?;
        let same = std::ptr::addr_eq(Arc::as_ptr(&here.home), Arc::as_ptr(home));
        same.then_some(here.life)
    })
}

/// Whether this thread runs code of a task whose life chaos has ended.
pub(crate) fn running_fell() -> bool {
    HERE.with_borrow(|here| here.as_ref().is_some_and(|it| it.home.fell(it.life)))
}

/// While it lives, this thread runs code of a task that belongs there.
struct RunningIn {
    _running: Running,
    before: Option<Arc<Belonging>>,
}

impl RunningIn {
    fn new(belongs: &Arc<Belonging>) -> Self {
        Self {
            _running: Running::new(belongs.what),
            before: HERE.replace(Some(belongs.clone())),
        }
    }
}

impl Drop for RunningIn {
    fn drop(&mut self) {
        HERE.set(self.before.take());
    }
}

struct Adoptee<T> {
    belongs: Arc<Belonging>,
    state: Mutex<State<T>>,
}

struct State<T> {
    /// Out while it is polled, which is the test's code and may crash its own shard.
    body: Option<Body<T>>,
    waker: Option<Waker>,
}

impl<T: Send> Owned for Adoptee<T> {
    fn is_over(&self) -> bool {
        self.belongs.is_over()
    }

    fn end(&self) {
        let mut state = lock(&self.state);
        let (body, waker) = (state.body.take(), state.waker.take());
        drop(state);
        let mut panic = FirstPanic::default();
        panic.catch(|| {
            let _running = RunningIn::new(&self.belongs);
            drop(body);
        });
        if let Some(waker) = waker {
            panic.catch(|| waker.wake());
        }
        panic.go_on();
    }

    fn wake(&self) {
        let waker = lock(&self.state).waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T: Send> Adoptee<T> {
    /// Takes the body out to be polled, if it may be. Otherwise the task waits, or is over.
    fn take(&self, waker: Waker) -> Poll<Option<Body<T>>> {
        let mut state = lock(&self.state);
        let spent = state.waker.replace(waker);
        let body = if self.is_over() {
            Poll::Ready(None)
        } else if self.belongs.home.is_paused() {
            Poll::Pending
        } else {
            Poll::Ready(state.body.take())
        };
        drop(state);
        drop(spent);
        body
    }

    /// Puts the body back, which waits; gives it back if the task is over.
    fn put(&self, body: Body<T>) -> Option<Body<T>> {
        let mut state = lock(&self.state);
        // Under the lock: a crash that has looked for the body already has ended the life before.
        if self.is_over() {
            return Some(body);
        }
        state.body = Some(body);
        None
    }
}

/// The future of a task that belongs to a shard. Completes with `None` if the shard crashes before
/// the task is done.
pub(crate) struct Adopted<T: Send> {
    task: Arc<Adoptee<T>>,
    /// The how-manieth of its shard it is.
    number: u64,
    jostled: Jostled,
    activity: Option<Arc<Activity>>,
    /// Where it is a task of tokio's by itself.
    ours: Option<Ours>,
}

impl<T: Send + 'static> Adopted<T> {
    pub(crate) fn spawn(mut self) -> JoinHandle<Option<T>> {
        self.ours = Some(Ours::new());
        tokio::spawn(self)
    }
}

impl<T: Send> Adopted<T> {
    /// Whether it could run, and lets others go first.
    fn lets_others(&mut self) -> Result<bool, Box<dyn Any + Send>> {
        let belongs = &self.task.belongs;
        let Some(decides) = belongs.tasks.jostles.get() else {
            return Ok(false);
        };
        let mut state = std::mem::take(&mut self.jostled);
        let turn = |poll| Turn {
            shard: belongs.what.shard,
            task: self.number,
            poll,
            spawned: belongs.what.asked,
        };
        // It panics where the test has pinned it to what cannot be.
        let waits = self.run(Doing::Polled, || {
            state.waits(|poll| decides.times(&turn(poll)))
        });
        self.jostled = state;
        waits
    }

    /// Polls the body, and counts the tasks that it spawns and that belong to nobody, where that can be
    /// told.
    fn poll_body(
        &self,
        body: &mut Body<T>,
        cx: &mut Context<'_>,
    ) -> Result<Poll<T>, Box<dyn Any + Send>> {
        let supervisor = self.task.belongs.supervisor.as_ref();
        let counts = supervisor.is_some_and(|it| it.counts_tasks());
        let before = if counts { Spawned::now() } else { None };
        let polled = self.run(Doing::Polled, || body.as_mut().poll(cx));
        if let Some(supervisor) = supervisor {
            supervisor.polled(self.task.belongs.what);
        }
        if let (Some(before), Some(after)) = (before, before.and_then(|_| Spawned::now())) {
            let plain = after.plain_since(before);
            if plain > 0 {
                self.task.belongs.home.spawned_plain(plain);
            }
        }
        polled
    }

    /// Runs code of the task, whose panic is the test's. The task is not used after a panic, so
    /// nothing broken can be seen.
    fn run<R>(&self, doing: Doing, code: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
        let belongs = &self.task.belongs;
        let _running = RunningIn::new(belongs);
        let _does = self.activity.as_ref().map(|it| it.does(doing));
        let panic = match catch_unwind(AssertUnwindSafe(code)) {
            Ok(result) => return Ok(result),
            Err(panic) => panic,
        };
        let supervisor = belongs.supervisor.as_ref();
        let counts = !belongs.home.may_fail() && !belongs.home.fell(belongs.life);
        let Some(supervisor) = supervisor.filter(|_| counts) else {
            return Err(panic);
        };
        let shard = belongs.what.shard;
        supervisor.task_panicked(shard, panic);
        Err(Box::new(format!("a task of shard {shard} panicked")))
    }

    fn end(&self, body: Option<Body<T>>) {
        if let Err(panic) = self.run(Doing::Dropped, || drop(body)) {
            if !thread::panicking() {
                resume_unwind(panic);
            }
        }
    }
}

impl<T: Send> Future for Adopted<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        // What happened when the run failed is reported, and not what would have come of that.
        let supervisor = self.task.belongs.supervisor.as_ref();
        if supervisor.is_some_and(|it| it.has_failed()) {
            return Poll::Pending;
        }
        let waker = cx.waker().clone();
        let mut body = match self.task.take(waker) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(body)) => body,
        };
        let polled = match self.lets_others() {
            Ok(true) => {
                cx.waker().wake_by_ref();
                Ok(Poll::Pending)
            }
            Ok(false) => self.poll_body(&mut body, cx),
            Err(panic) => Err(panic),
        };
        match polled {
            // Done, unless it crashed its own shard.
            Ok(Poll::Ready(output)) => {
                self.end(Some(body));
                let over = self.task.is_over();
                Poll::Ready(Some(output).filter(|_| !over))
            }
            Ok(Poll::Pending) => match self.task.put(body) {
                None => Poll::Pending,
                over => {
                    self.end(over);
                    Poll::Ready(None)
                }
            },
            Err(panic) => {
                // What it leaves may panic as well, and must not hide why.
                let _second = catch_unwind(AssertUnwindSafe(|| drop(body)));
                resume_unwind(panic)
            }
        }
    }
}

impl<T: Send> Drop for Adopted<T> {
    fn drop(&mut self) {
        // Of a task that is not done: it was aborted, or the test is over.
        let body = lock(&self.task.state).body.take();
        if body.is_some() {
            self.end(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Alive;

    impl Home for Alive {
        fn life(&self) -> u64 {
            0
        }

        fn is_paused(&self) -> bool {
            false
        }

        fn may_fail(&self) -> bool {
            false
        }

        fn fell(&self, _life: u64) -> bool {
            false
        }

        fn spawned_plain(&self, _tasks: u64) {}
    }

    fn adopt(tasks: &Arc<Tasks>) -> Adopted<()> {
        let task = Task {
            shard: ShardId(0),
            asked: Location::caller(),
        };
        let body = Box::pin(std::future::pending());
        tasks.adopt(task, (Arc::new(Alive), 0), body, None)
    }

    #[test]
    fn many_tasks_are_adopted_in_no_time() {
        let tasks = Arc::new(Tasks::new());
        let live: Vec<_> = (0..200_000).map(|_| adopt(&tasks)).collect();
        assert_eq!(tasks.of(ShardId(0)).len(), live.len());
    }

    #[test]
    fn tasks_that_are_over_are_forgotten() {
        let tasks = Arc::new(Tasks::new());
        let _live: Vec<_> = (0..100).map(|_| adopt(&tasks)).collect();
        for _ in 0..100_000 {
            drop(adopt(&tasks));
        }
        assert!(lock(&tasks.list).tasks.len() <= 200);
        assert_eq!(tasks.of(ShardId(0)).len(), 100);
        assert_eq!(tasks.unfinished().len(), 100);
    }
}
