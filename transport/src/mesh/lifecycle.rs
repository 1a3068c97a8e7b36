//! What happens to whole shards: crashes, restarts, pauses, their tasks and their clocks.
#![allow(
    clippy::must_use_candidate,
    reason = "a fault stands, and a task runs, without its handle"
)]

use std::fmt::Debug;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::contract::shard_id::ShardId;
use crate::mesh::clock::ShardClock;
use crate::mesh::endpoint::{Endpoint, InProcessTransport};
use crate::mesh::factory::created;
use crate::mesh::mesh::Mesh;
use crate::mesh::outcome::{self, Outcome};
use crate::network::inbox::arrivals::EndpointState;
use crate::network::inbox::shard::{By, Shard};
use crate::network::losses::Losses;
use crate::network::tasks::supervisor::Supervisor;
use crate::network::tasks::task::Task;
use crate::trace::record::Kind;

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Crashes a shard, as a machine that loses power: its endpoint is closed, and what was on its
    /// way to and from it is lost. Its peers hear nothing; those that send to it get
    /// [`Closed`](crate::TransportError::Closed). Tasks that it was given with
    /// [`spawn`](Self::spawn) are dropped before this returns, but for one that is being polled,
    /// which is dropped after that. Their destructors run, as none would in a machine that loses
    /// power.
    ///
    /// # Panics
    ///
    /// If the shard has no live endpoint. Also if a destructor panics, once all tasks are dropped.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId, TransportError};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     mesh.crash(1);
    ///     assert_eq!(a.send_segment(ShardId(1), 1).await, Err(TransportError::Closed));
    ///     assert_eq!(b.recv_segment().await, None);
    ///     let b = mesh.restart(1);
    ///     a.send_segment(ShardId(1), 2).await.unwrap();
    ///     assert_eq!(b.recv_segment().await, Some(2));
    /// }
    /// ```
    #[track_caller]
    pub fn crash(&self, shard: impl Into<ShardId>) {
        let shard = self.shard(shard.into());
        let id = shard.key.id;
        assert!(
            shard.endpoint() != EndpointState::Dropped || shard.is_hosted(),
            "the endpoint of shard {id} was dropped, so there is nothing to crash: keep it alive"
        );
        // What chaos has crashed stays down until the test restarts it.
        let taken_over = shard.set_down_by_chaos(false);
        assert!(
            taken_over || self.network.crash(&shard, Losses::ByTest),
            "shard {id} has crashed already: restart it first"
        );
        self.network.look_for_ended();
    }

    /// Gives a crashed shard a fresh endpoint, with the links that it had. Segment numbers go on.
    ///
    /// A shard with a node ([`host`](Self::host)) boots it again with an endpoint of its own; the one
    /// that this returns is beside that, and dropping it closes nothing.
    ///
    /// # Panics
    ///
    /// If the shard did not crash.
    ///
    /// See [`crash`](Self::crash) for an example.
    #[track_caller]
    pub fn restart(&self, shard: impl Into<ShardId>) -> Endpoint<P> {
        let shard = self.shard(shard.into());
        let Some(life) = self.network.restart(&shard) else {
            panic!(
                "shard {} did not crash: only a crashed shard can be restarted",
                shard.key.id
            );
        };
        self.network.look_for_ended();
        let network = self.network.clone();
        Arc::new(if shard.is_hosted() {
            shard.boot(life);
            InProcessTransport::beside(network, (shard, life))
        } else {
            InProcessTransport::new(network, (shard, life))
        })
    }

    /// Freezes a shard: it receives nothing, and the tasks that it was given with
    /// [`spawn`](Self::spawn) are not polled. Nothing is lost. A crash ends it.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// # let factory = InProcessTransportFactory::new();
    /// # let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// # factory.connect(ShardId(0), ShardId(1));
    /// let mesh = factory.mesh();
    /// mesh.pause(1);
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// mesh.resume(1);
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// ```
    #[track_caller]
    pub fn pause(&self, shard: impl Into<ShardId>) {
        let shard = self.shard(shard.into());
        if shard.pause(By::Test) {
            self.network.note(Kind::Paused, shard.key);
        }
    }

    /// Ends what [`pause`](Self::pause) began, where there is an example.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    #[track_caller]
    pub fn resume(&self, shard: impl Into<ShardId>) {
        let shard = self.shard(shard.into());
        self.network.resume(&shard, By::Test);
        self.network.look_for_ended();
    }

    /// Spawns a task that belongs to a shard: it ends when the shard crashes, and is not polled
    /// while it is paused. Its output is `None` if the shard crashed before it was done. Into a shard
    /// that has crashed it spawns nothing: the task is dropped, and the output is `None`.
    ///
    /// Its output may be anything, so an `Err` is left to whoever awaits it: a task whose `Err` fails the
    /// test is [`run`](Self::run).
    ///
    /// Under a [`Harness`](crate::Harness) its panic fails the test, and so does that of what it drops
    /// when it is aborted, when the shard crashes or when the test ends. (A task that was spawned with
    /// tokio's own `spawn` belongs to nobody: it outlives a crash, and its panic is seen by whoever
    /// joins it.)
    ///
    /// # Panics
    ///
    /// If the shard was never created, or outside of a tokio runtime.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     let echo = mesh.spawn(1, async move {
    ///         while let Some((from, n)) = b.recv_segment_from().await {
    ///             b.send_segment(from, n).await.unwrap();
    ///         }
    ///     });
    ///     a.send_segment(ShardId(1), 7).await.unwrap();
    ///     assert_eq!(a.recv_segment().await, Some(7));
    ///     mesh.crash(1);
    ///     assert_eq!(echo.await.unwrap(), None);
    /// }
    /// ```
    #[track_caller]
    pub fn spawn<T, F>(&self, shard: impl Into<ShardId>, task: F) -> JoinHandle<Option<T>>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let shard = self.shard(shard.into());
        let asked = Location::caller();
        self.spawn_task(shard, asked, Box::pin(task))
    }

    /// Spawns a task that belongs to a shard, as [`spawn`](Self::spawn) does, and whose `Err` fails the
    /// test as its panic does. The report quotes the error and names the shard and the line that
    /// called `run`.
    ///
    /// Without a [`Harness`](crate::Harness) the task panics with the error.
    ///
    /// # Panics
    ///
    /// If the shard was never created, or outside of a tokio runtime.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId, TransportError};
    ///
    /// async fn echo(at: Endpoint<u64>) -> Result<(), TransportError> {
    ///     while let Some((from, n)) = at.recv_segment_from().await {
    ///         at.send_segment(from, n).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     mesh.run(1, echo(b));
    ///     a.send_segment(ShardId(1), 7).await.unwrap();
    ///     assert_eq!(a.recv_segment().await, Some(7));
    /// }
    /// ```
    #[track_caller]
    pub fn run<F>(&self, shard: impl Into<ShardId>, future: F)
    where
        F: Future<Output: Outcome> + Send + 'static,
    {
        let shard = self.shard(shard.into());
        let task = Task {
            shard: shard.key.id,
            asked: Location::caller(),
        };
        let task = outcome::checked(future, task, (shard.clone(), self.supervisor()));
        self.spawn_task(shard, Location::caller(), Box::pin(task));
    }

    /// Says that the tasks of a shard are meant to fail: from now on neither their panic nor the `Err`
    /// of one that is [`run`](Self::run) fails the test. The panic of one that was
    /// [spawned](Self::spawn) is seen by whoever awaits it. Crashes and restarts leave this as it is.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     mesh.may_fail(1);
    ///     mesh.run(1, async { Err::<(), _>("the disk is full") });
    ///     mesh.settle().await;
    /// }
    /// ```
    #[track_caller]
    pub fn may_fail(&self, shard: impl Into<ShardId>) {
        self.shard(shard.into()).let_fail();
    }

    pub(super) fn supervisor(&self) -> Option<Arc<dyn Supervisor>> {
        self.network.context.run().map(|run| run.supervisor.clone())
    }

    fn spawn_task<T: Send + 'static>(
        &self,
        shard: Arc<Shard<P>>,
        asked: &'static Location<'static>,
        body: Pin<Box<dyn Future<Output = T> + Send>>,
    ) -> JoinHandle<Option<T>> {
        let Some(life) = self.network.life(&shard) else {
            drop(body);
            return tokio::spawn(std::future::ready(None));
        };
        let task = Task {
            shard: shard.key.id,
            asked,
        };
        let supervisor = self.supervisor();
        let adopted = self
            .network
            .tasks
            .adopt(task, (shard, life), body, supervisor);
        adopted.spawn()
    }

    /// A shard's own wall clock.
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    ///
    /// See [`ShardClock`] for an example.
    #[track_caller]
    #[must_use]
    pub fn clock(&self, shard: impl Into<ShardId>) -> ShardClock<P> {
        ShardClock::new(self.network.clone(), self.shard(shard.into()))
    }

    #[track_caller]
    pub(crate) fn shard(&self, id: ShardId) -> Arc<Shard<P>> {
        created(&self.network.shards(), id).clone()
    }
}
