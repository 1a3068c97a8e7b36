//! Nodes: what a shard runs, from its boot to its crash and again after its restart.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::decision::chaos::moment::Happens;
use crate::mesh::endpoint::{Endpoint, InProcessTransport};
use crate::mesh::mesh::Mesh;
use crate::mesh::outcome::{self, Outcome};
use crate::network::inbox::arrivals::EndpointState;
use crate::network::inbox::shard::Shard;
use crate::network::network::Network;
use crate::network::tasks::adopted::{Adopted, Home};
use crate::network::tasks::bell::Bell;
use crate::network::tasks::plain::Ours;
use crate::network::tasks::supervisor::Supervisor;
use crate::network::tasks::task::Task;
use crate::sync::{Mutex, lock};

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Runs the node of a shard: at once, and again with a fresh endpoint after each
    /// [`restart`](Self::restart).
    ///
    /// `node` is called for each boot. What it captures survives a crash; what its future holds does not.
    /// The future is a task of the shard: [`pause`](Self::pause) freezes it, and
    /// [`crash`](Self::crash) drops it. Its panic or its `Err`, and the panic of `node` itself, fail the
    /// test as those of [`run`](Self::run) do. A node that runs when the test's body returns is dropped.
    ///
    /// A node whose future returns has exited, as a process does. The host lets go of its endpoint, so
    /// that its links close unless the test keeps a clone. `crash` and `restart` boot it again, with the
    /// links that it had.
    ///
    /// A node starts tasks of its own with [`spawn`](crate::spawn). A task of `tokio::spawn` belongs to
    /// nobody, and goes on after a crash, as nothing does on a machine that loses power. What a `JoinSet` of
    /// the node owns goes with it. Under a [`Harness`](crate::Harness) on one thread, the report on a test
    /// that fails tells how many such tasks outlived a crash.
    ///
    /// # Panics
    ///
    /// If the shard has a node already, has crashed, or the endpoint is one of an earlier life or of
    /// another mesh. Outside of a tokio runtime.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use shard_mesh::{Endpoint, Mesh, ShardId, TransportError};
    ///
    /// /// Adds up what it receives, over all its lives.
    /// async fn node(at: Endpoint<u64>, sum: Arc<AtomicU64>) -> Result<(), TransportError> {
    ///     while let Some((from, n)) = at.recv_segment_from().await {
    ///         let before = sum.fetch_add(n, Ordering::Relaxed);
    ///         at.send_segment(from, before + n).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(client: Endpoint<u64>, server: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     let sum = Arc::new(AtomicU64::new(0));
    ///     mesh.host(server, move |at| node(at, sum.clone()));
    ///     client.send_segment(ShardId(1), 3).await.unwrap();
    ///     assert_eq!(client.recv_segment().await, Some(3));
    ///     mesh.crash(1);
    ///     mesh.restart(1);
    ///     client.send_segment(ShardId(1), 4).await.unwrap();
    ///     assert_eq!(client.recv_segment().await, Some(7));
    /// }
    /// ```
    #[track_caller]
    pub fn host<F, N>(&self, endpoint: Endpoint<P>, node: F)
    where
        F: FnMut(Endpoint<P>) -> N + Send + 'static,
        N: Future<Output: Outcome> + Send + 'static,
    {
        let (network, shard, life) = endpoint.place();
        let id = shard.key.id;
        assert!(
            Arc::ptr_eq(network, &self.network),
            "the endpoint of shard {id} is one of another mesh"
        );
        assert!(
            shard.endpoint() != EndpointState::Crashed,
            "shard {id} has crashed: host it before it does, and `restart` boots it"
        );
        assert!(
            shard.life() == life,
            "shard {id} has crashed since this endpoint was made: host the one that `restart` gave"
        );
        let bell = Arc::new(Bell::default());
        assert!(
            shard.host(bell.clone()),
            "shard {id} has a node already: `crash` and `restart` boot it again"
        );
        bell.ring(life);
        let task = Task {
            shard: id,
            asked: Location::caller(),
        };
        let mut host = Host {
            network: self.network.clone(),
            shard: shard.clone(),
            task,
            supervisor: self.supervisor(),
            bell,
            node: Arc::new(Mutex::new(node)),
            first: Some(endpoint),
            running: None,
            _ours: Ours::new(),
        };
        tokio::spawn(std::future::poll_fn(move |cx| host.poll(cx)));
    }
}

/// Boots a node, and polls what that gives.
///
/// It owns the node, and no mesh owns it: what a node captures may own the mesh.
struct Host<P: Debug + Send + 'static, F> {
    network: Arc<Network<P>>,
    shard: Arc<Shard<P>>,
    task: Task,
    supervisor: Option<Arc<dyn Supervisor>>,
    bell: Arc<Bell>,
    /// Locked for as long as it is called, by one boot at a time.
    node: Arc<Mutex<F>>,
    /// The endpoint for the boot in the life in which it was hosted.
    first: Option<Endpoint<P>>,
    /// The node, and the life of the shard in which it runs.
    running: Option<(u64, Adopted<()>)>,
    _ours: Ours,
}

impl<P, F, N> Host<P, F>
where
    P: Debug + Send + 'static,
    F: FnMut(Endpoint<P>) -> N + Send + 'static,
    N: Future<Output: Outcome> + Send + 'static,
{
    /// Never completes: a node that has ended may be booted again.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some((life, running)) = &mut self.running {
                // A panic has failed the test, or is one that it expects.
                let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(running).poll(cx)));
                let runs = matches!(polled, Ok(Poll::Pending));
                self.bell.was_polled(*life, runs);
                if !runs {
                    self.running = None;
                }
            }
            let Some(life) = self.bell.heard(cx.waker().clone()) else {
                return Poll::Pending;
            };
            self.running = Some((life, self.boot(life)));
        }
    }

    fn boot(&mut self, life: u64) -> Adopted<()> {
        let (network, shard) = (&self.network, &self.shard);
        let fresh = || InProcessTransport::new(network.clone(), (shard.clone(), life));
        // The shard may have crashed before its first boot.
        let first = self.first.take().filter(|it| it.place().2 == life);
        let endpoint = first.unwrap_or_else(|| Arc::new(fresh()));
        let node = self.node.clone();
        let (boots_at, bell, at) = (network.clone(), self.bell.clone(), shard.key.id);
        let home: Arc<dyn Home> = shard.clone();
        let boots = async move {
            // Whatever the node drops, its links stay open while it runs.
            let held = endpoint.clone();
            let running = {
                let mut node = lock(&node);
                (*node)(endpoint)
            };
            let boot = bell.boots();
            if boots_at.episodes.awaits_moments() {
                boots_at.happens(Happens::Booted(at, boot));
            }
            let outcome = running.await;
            drop(held);
            outcome
        };
        let checked = outcome::checked(boots, self.task, (home.clone(), self.supervisor.clone()));
        let (home, supervisor) = ((home, life), self.supervisor.clone());
        network
            .tasks
            .adopt(self.task, home, Box::pin(checked), supervisor)
    }
}
