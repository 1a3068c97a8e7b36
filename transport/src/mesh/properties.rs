//! What must hold at any time, and what a test waits for.

use std::fmt::{self, Debug};
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use crate::history::recorded::History;
use crate::history::sequential::Spec;
use crate::mesh::mesh::Mesh;
use crate::network::network::Network;
use crate::network::tasks::property::{Property, PropertyKind};
use crate::sync::{Mutex, lock};

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Says what must hold at any time: the test fails where it does not.
    ///
    /// It is asked after each poll of the test's body and of a task of a shard, before the clock moves,
    /// and when the body has returned. So it sees what lasts for one poll only. The closure returns a
    /// `bool`, or nothing and asserts. When it does not hold, no task is polled any more, and the report
    /// names the property, the moment, and what happened since it held last. What a task of
    /// `tokio::spawn` did is seen at the next of these moments.
    ///
    /// The closure looks, and does not touch: it neither sends, nor crashes anybody. It may lock what
    /// the test and its tasks lock between two polls; a lock that is held over an `await` makes it wait
    /// for ever. It is asked one at a time, also on several threads, where it sees what the others
    /// have done so far, and may miss what was for a moment. A crash or a restart leaves it as it is. It costs a call
    /// for each poll, so it should be cheap.
    ///
    /// # Panics
    ///
    /// If no [`Harness`](crate::Harness) runs the test, which is who asks.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
    ///     let leaders = Arc::new(AtomicU64::new(0));
    ///     let now = leaders.clone();
    ///     mesh.always("at most one leads", move || now.load(Ordering::Relaxed) <= 1);
    ///     leaders.store(1, Ordering::Relaxed);
    ///     tokio::task::yield_now().await;
    /// }
    /// ```
    #[track_caller]
    pub fn always<F, H: Holds>(&self, name: &str, mut property: F)
    where
        F: FnMut() -> H + Send + 'static,
    {
        let Some(run) = self.network.context.run() else {
            panic!(
                "`always` needs a harness: use `#[shard_mesh::test]`, or hand the factory to `Run::watch`"
            );
        };
        run.supervisor.add_property(Property {
            name: name.to_owned(),
            asked: Location::caller(),
            kind: PropertyKind::Always,
            holds: Box::new(move || sealed::Holds::holds(property())),
        });
    }

    /// Waits until this holds. The closure returns a `bool`, or an `Option` whose value the `await`
    /// gives.
    ///
    /// It is asked at the moments at which [`always`](Self::always) is, so that nobody needs to look at
    /// intervals, and no clock moves past it. If it held at one of them this completes, also where it
    /// holds no longer when the task is polled. A test that comes to its time-out names it under "who
    /// waits". On a real clock, and without a [`Harness`](crate::Harness), it is also asked every millisecond.
    ///
    /// # Cancel safety
    ///
    /// It is asked no more when the future is dropped.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use shard_mesh::{Endpoint, Mesh, ShardId, ms};
    ///
    /// #[shard_mesh::test(peers = 0..2, latency = "5ms")]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     let sum = Arc::new(AtomicU64::new(0));
    ///     let adds = sum.clone();
    ///     mesh.spawn(1, async move {
    ///         while let Some(n) = b.recv_segment().await {
    ///             adds.fetch_add(n, Ordering::Relaxed);
    ///         }
    ///     });
    ///     for n in 1..=3 {
    ///         a.send_segment(ShardId(1), n).await.unwrap();
    ///     }
    ///     mesh.until("all is added", move || sum.load(Ordering::Relaxed) == 6).within(ms(10)).await;
    /// }
    /// ```
    #[track_caller]
    pub fn until<F, R: Reached>(&self, name: &str, condition: F) -> Until<P, R::Value>
    where
        F: FnMut() -> R + Send + 'static,
    {
        let mut condition = condition;
        let reached: Arc<Mutex<Slot<R::Value>>> = Arc::default();
        let slot = reached.clone();
        let ask = move || {
            let Some(value) = sealed::Reached::value(condition()) else {
                return false;
            };
            let mut slot = lock(&slot);
            slot.value = Some(value);
            let waker = slot.waker.take();
            drop(slot);
            if let Some(waker) = waker {
                waker.wake();
            }
            true
        };
        Until {
            network: self.network.clone(),
            name: name.to_owned(),
            asked: Location::caller(),
            state: UntilState::New(Box::new(ask)),
            reached,
            limit: None,
            value: PhantomData,
        }
    }
}

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Records what clients ask and are told, to be checked against a sequential model: whether some order of
    /// the operations explains all of it, in which each takes effect at one moment between its beginning and
    /// its end.
    ///
    /// `spec` is the state at the beginning. See [`History`], [`Spec`], and [`spec`](crate::spec) for
    /// ready-made models. Without a [`Harness`](crate::Harness) it works as well, and is checked by
    /// [`History::check`] only.
    ///
    /// See [`History`] for an example.
    #[must_use]
    #[track_caller]
    pub fn history<S: Spec>(&self, spec: S) -> History<S> {
        let history = History::new(spec, Location::caller(), self.network.clone());
        if let Some(run) = self.network.context.run() {
            run.supervisor.add_history(history.shared());
        }
        history
    }
}

struct Slot<V> {
    value: Option<V>,
    /// Who waits for it.
    waker: Option<Waker>,
}

impl<V> Default for Slot<V> {
    fn default() -> Self {
        Self {
            value: None,
            waker: None,
        }
    }
}

type Ask = Box<dyn FnMut() -> bool + Send>;

enum UntilState {
    New(Ask),
    /// The run asks, under this number: whenever no task can run, for which a real clock needs something
    /// to happen.
    Asked(u64, Option<Pin<Box<Sleep>>>),
    /// This asks itself, at each of these.
    Asks(Ask, Pin<Box<Sleep>>),
    Over,
}

/// A wait until something holds: see [`Mesh::until`].
#[must_use = "this does nothing unless it is awaited"]
pub struct Until<P: Debug + Send + 'static, V> {
    network: Arc<Network<P>>,
    name: String,
    asked: &'static Location<'static>,
    state: UntilState,
    reached: Arc<Mutex<Slot<V>>>,
    limit: Option<Limit>,
    value: PhantomData<fn() -> V>,
}

/// How long it may take, and the line that said so.
struct Limit {
    time: Duration,
    asked: &'static Location<'static>,
    /// Once it is polled.
    timer: Option<Pin<Box<Sleep>>>,
}

// Nothing in it is pinned but what is boxed.
impl<P: Debug + Send + 'static, V> Unpin for Until<P, V> {}

/// How often what a run does not ask is looked at.
const LOOK: Duration = Duration::from_millis(1);

impl<P: Debug + Send + 'static, V> Until<P, V> {
    /// Lets it take so long at most, on the clock of the test, from the moment at which it is first
    /// awaited.
    ///
    /// # Panics
    ///
    /// When awaited, if it takes longer.
    ///
    /// See [`Mesh::until`] for an example.
    #[track_caller]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = Some(Limit {
            time: limit,
            asked: Location::caller(),
            timer: None,
        });
        self
    }

    /// Has it asked by who can.
    fn begin(&mut self, ask: Ask) {
        let run = self.network.context.run();
        let watched = run.filter(|run| !run.journal.clock.is_multi_thread());
        let Some(run) = watched else {
            self.state = UntilState::Asks(ask, Box::pin(sleep(LOOK)));
            return;
        };
        let number = run.supervisor.add_property(Property {
            name: self.name.clone(),
            asked: self.asked,
            kind: PropertyKind::Until(self.network.context.time()),
            holds: ask,
        });
        let looks = !run.journal.clock.is_paused();
        self.state = UntilState::Asked(number, looks.then(|| Box::pin(sleep(LOOK))));
    }

    /// Looks itself, where nobody else does; and at the limit.
    fn poll_timers(&mut self, cx: &mut Context<'_>) {
        match &mut self.state {
            UntilState::Asks(ask, next) => {
                while !ask() && next.as_mut().poll(cx).is_ready() {
                    next.set(sleep(LOOK));
                }
            }
            UntilState::Asked(_, Some(next)) => {
                while next.as_mut().poll(cx).is_ready() {
                    next.set(sleep(LOOK));
                }
            }
            _ => {}
        }
        if let Some(Limit { time, asked, timer }) = &mut self.limit {
            let timer = timer.get_or_insert_with(|| Box::pin(sleep(*time)));
            let late = timer.as_mut().poll(cx).is_ready();
            assert!(
                !late || lock(&self.reached).value.is_some(),
                "\"{}\" did not hold within {time:?} ({}:{})",
                self.name,
                asked.file(),
                asked.line()
            );
        }
    }

    fn stop(&mut self) {
        if let UntilState::Asked(number, _) = std::mem::replace(&mut self.state, UntilState::Over) {
            if let Some(run) = self.network.context.run() {
                run.supervisor.remove_property(number);
            }
        }
    }
}

impl<P: Debug + Send + 'static, V> Future for Until<P, V> {
    type Output = V;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<V> {
        let this = self.get_mut();
        lock(&this.reached).waker = Some(cx.waker().clone());
        if let UntilState::New(_) = this.state {
            if let UntilState::New(mut ask) = std::mem::replace(&mut this.state, UntilState::Over) {
                if !ask() {
                    this.begin(ask);
                }
            }
        }
        this.poll_timers(cx);
        let value = lock(&this.reached).value.take();
        match value {
            Some(value) => {
                this.stop();
                Poll::Ready(value)
            }
            None => Poll::Pending,
        }
    }
}

impl<P: Debug + Send + 'static, V> Drop for Until<P, V> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<P: Debug + Send + 'static, V> Debug for Until<P, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Until({:?} at {})", self.name, self.asked)
    }
}

/// What a property returns: `bool`, or nothing where it asserts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether a property holds",
    label = "return a `bool`, or nothing and assert"
)]
pub trait Holds: sealed::Holds {}

impl<H: sealed::Holds> Holds for H {}

/// What a condition returns: `bool`, or an `Option` with what was waited for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether what is waited for has come",
    label = "return a `bool`, or an `Option`"
)]
pub trait Reached: sealed::Reached {}

impl<R: sealed::Reached> Reached for R {}

mod sealed {
    pub trait Holds {
        fn holds(self) -> bool;
    }

    impl Holds for bool {
        fn holds(self) -> bool {
            self
        }
    }

    impl Holds for () {
        fn holds(self) -> bool {
            true
        }
    }

    pub trait Reached {
        /// What the wait gives.
        type Value: Send + 'static;

        fn value(self) -> Option<Self::Value>;
    }

    impl Reached for bool {
        type Value = ();

        fn value(self) -> Option<()> {
            self.then_some(())
        }
    }

    impl<T: Send + 'static> Reached for Option<T> {
        type Value = T;

        fn value(self) -> Self {
            self
        }
    }
}
