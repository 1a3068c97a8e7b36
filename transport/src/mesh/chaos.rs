#![allow(
    clippy::return_self_not_must_use,
    clippy::must_use_candidate,
    reason = "chaos is there without its handle"
)]

use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::kind::Kind;
use crate::decision::latency::Latency;
use crate::mesh::mesh::Mesh;
use crate::network::episodes::state::{Chaos as Asked, ChaosSettings, Target};
use crate::network::inbox::shard::Shard;
use crate::network::network::Network;
use crate::ordered::ordered;
use crate::sync::Mutex;

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Faults that come and go by the seed: partitions, crashes, pauses and so on. `chaos` among the
    /// arguments of the attribute is short for this and [`all_kinds`](Chaos::all_kinds).
    ///
    /// See [`Chaos`].
    ///
    /// # Panics
    ///
    /// If no [`Harness`](crate::Harness) runs the test: it is what lets episodes begin and end.
    #[track_caller]
    #[must_use = "chaos is switched on by its `kinds`"]
    pub fn chaos(&self) -> Chaos<P> {
        assert!(
            self.network.context.run().is_some(),
            "chaos needs a harness: use `#[shard_mesh::test]`, or hand the factory to `Run::watch`"
        );
        let asked = Location::caller();
        self.network.episodes.change(|state| {
            state.chaos.get_or_insert_with(|| Asked {
                asked,
                settings: ChaosSettings::default(),
                course: None,
            });
        });
        Chaos {
            network: self.network.clone(),
        }
    }

    /// Ends chaos, and what lines with [`at`](Self::at) and [`after`](Self::after) have begun; what those
    /// have not begun is cancelled. Links heal, shards are resumed and restarted, and clocks are right
    /// again. What chaos has slowed arrives with the latency of its link.
    ///
    /// The faults, crashes and pauses that the test itself asked for stay as they are. Each node that is
    /// restarted by this has been polled once when it completes. After it a test may ask for liveness.
    ///
    /// # Panics
    ///
    /// If the test has asked for no chaos, and planned nothing.
    ///
    /// # Cancel safety
    ///
    /// All ends when the future is first polled. One that is dropped after that has not waited for the
    /// nodes.
    ///
    /// See [`Chaos`] for an example.
    #[track_caller]
    pub fn calm(&self) -> impl Future<Output = ()> + Send + use<P> {
        let asked = Location::caller();
        let network = self.network.clone();
        async move {
            let (nothing, pinned) = {
                let state = network.episodes.lock();
                let run = network.context.run();
                (
                    state.chaos.is_none() && state.planned.is_empty(),
                    run.is_some_and(|run| run.decider.fixed.is_some()),
                )
            };
            assert!(
                pinned || !nothing,
                "`calm` at {}:{}, where there is no chaos: switch it on with `chaos` in the attribute, or \
                 with `mesh.chaos()`",
                asked.file(),
                asked.line()
            );
            for (shard, life) in network.calm() {
                polled(&shard, life).await;
            }
        }
    }
}

/// Completes when the node of a shard was polled in this life, or that is over.
async fn polled<P: Send>(shard: &Arc<Shard<P>>, life: u64) {
    std::future::poll_fn(|cx| match shard.bell() {
        Some(bell) if shard.life() == life => bell.poll_polled(life, cx),
        _ => std::task::Poll::Ready(()),
    })
    .await;
}

/// Chaos in a mesh: which kinds of faults come and go by the seed, and how.
///
/// Each kind has a stream of episodes of its own: partitions, say, one after the other, and crashes beside
/// them. Nobody knows the time-outs of the system under test, so seven seeds in ten have one scale of time, from a
/// millisecond to ten seconds, for all that happens in them, and the others all scales. In a sweep each
/// seed uses some of the kinds and not others. Half of the episodes begin just before or just after a
/// segment is sent, or as one is received.
///
/// Chaos begins when the body of the test waits for the first time. No gap and no episode is longer than a
/// tenth of the test's time-out, no episode begins after half of it, and each kind has 60 at most. A test
/// that is to recover calls [`Mesh::calm`].
///
/// Shards that have a node ([`Mesh::host`]) crash and are paused, and of `n` of them at most `(n - 1) / 2`, or one,
/// are down at a time; three crashes in twenty are a power cut of all of them. A crash keeps some of what
/// the disks of the shard had not synced, and what the shard had sent is lost, or arrives all the same.
/// When the test itself crashes a shard that chaos has down, it stays down until the test restarts it; a
/// [restart](Mesh::restart) or a [resume](Mesh::resume) by the test ends the episode. While a shard is
/// paused the links to it fill up, and [`send_segment`](crate::InProcessTransport::send_segment) to it waits: a node whose loop must
/// not stall uses [`try_send_segment`](crate::InProcessTransport::try_send_segment).
///
/// All that chaos does is a decision of the seed: recorded, repeated, shrunk, and printed as lines with
/// [`Mesh::at`] and [`Mesh::after`], which do the same without it. On the real clock chaos works, and is
/// not repeatable.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{Disk, Endpoint, Kind, Mesh, ShardId};
///
/// /// Adds up what it is sent, and says what it has on its disk.
/// async fn node(at: Endpoint<u64>, sum: Disk<u64>) {
///     while let Some((from, n)) = at.recv_segment_from().await {
///         sum.write(|sum| *sum = (*sum).max(n));
///         sum.sync().await;
///         let _ = at.send_segment(from, n).await;
///     }
/// }
///
/// #[shard_mesh::test(peers = [1], clients = [10], chaos, seeds = 0..32)]
/// async fn main(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
///     mesh.chaos().lasting(Duration::from_millis(5)..Duration::from_millis(500));
///     let sum = mesh.disk(1, 0);
///     let disk = sum.clone();
///     mesh.host(server, move |at| node(at, disk.clone()));
///     let mut acknowledged = 0;
///     for n in 1..=5 {
///         let _ = client.send_segment(ShardId(1), n).await;
///         let answer = client.recv_segment();
///         if let Ok(Some(n)) = tokio::time::timeout(Duration::from_millis(50), answer).await {
///             acknowledged = n;
///         }
///     }
///     mesh.calm().await;
///     assert!(sum.read(|sum| *sum >= acknowledged));
/// }
/// ```
pub struct Chaos<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
}

impl<P: Debug + Send + 'static> Chaos<P> {
    fn set(self, set: impl FnOnce(&mut ChaosSettings)) -> Self {
        self.network.episodes.change(|state| {
            if let Some(chaos) = &mut state.chaos {
                set(&mut chaos.settings);
            }
        });
        if let Some(run) = self.network.context.run() {
            run.supervisor.attend();
        }
        self
    }

    /// Switches on these kinds, and no others. Each of them must touch something over the test, or over all
    /// seeds of its sweep: otherwise the test, though it passed, fails.
    ///
    /// Where one of them crashes or pauses and no shard has a node when chaos begins, the test fails.
    ///
    /// # Panics
    ///
    /// If there are none, or one is there twice.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Kind, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2, seeds = 0..32)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     mesh.chaos().kinds([Kind::Partition, Kind::Slow]);
    ///     for n in 0..200 {
    ///         a.send_segment(ShardId(1), n).await.unwrap();
    ///         tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    ///         while b.try_recv_segment().is_ok() {}
    ///     }
    /// }
    /// ```
    #[track_caller]
    pub fn kinds(self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        let kinds: Vec<_> = kinds.into_iter().collect();
        assert!(
            !kinds.is_empty(),
            "chaos of no kind: name some, or use `all_kinds`"
        );
        let each = ordered(kinds.clone());
        for kind in &each {
            let times = kinds.iter().filter(|it| *it == kind).count();
            assert!(
                times == 1,
                "chaos of the kind `{kind}` {times} times: name it once"
            );
        }
        self.set(|settings| (settings.kinds, settings.named) = (each, true))
    }

    /// Switches on all kinds that apply: crashes and pauses where shards have nodes. What `chaos` in the
    /// attribute does.
    ///
    /// See [`Chaos`] for an example.
    pub fn all_kinds(self) -> Self {
        self.set(|settings| (settings.kinds, settings.named) = (Kind::ALL.to_vec(), false))
    }

    /// How long after an episode the next one of its kind comes: one time, or a range. From the next
    /// one on.
    ///
    /// See [`Chaos`] for an example of [`lasting`](Self::lasting), which is used alike.
    pub fn every(self, gap: impl Into<Latency>) -> Self {
        let gap = gap.into();
        self.set(|settings| settings.every = Some(gap))
    }

    /// How long an episode lasts: one time, or a range. From the next one on.
    ///
    /// See [`Chaos`] for an example.
    pub fn lasting(self, length: impl Into<Latency>) -> Self {
        let length = length.into();
        self.set(|settings| settings.lasting = Some(length))
    }

    /// How many shards are down at a time at most: crashed or paused, by whomever. There are no power cuts
    /// then.
    ///
    /// # Panics
    ///
    /// If it is none: leave `crash` and `pause` out instead.
    ///
    /// See [`Chaos`] for an example of the like.
    #[track_caller]
    pub fn max_down(self, shards: usize) -> Self {
        assert!(
            shards > 0,
            "`max_down(0)` lets no shard crash: leave `crash` and `pause` out of the kinds"
        );
        self.set(|settings| settings.max_down = Some(shards))
    }

    /// Only these shards crash, pause, are cut off or have wrong clocks; of links, those from or to one of
    /// them. There are no power cuts then.
    ///
    /// # Panics
    ///
    /// If one of them was never created.
    ///
    /// See [`Chaos`] for an example of the like.
    #[track_caller]
    pub fn among<I: IntoIterator<Item: Into<ShardId>>>(self, shards: I) -> Self {
        let mesh = Mesh::new(self.network.clone());
        let shards = ordered(mesh.group(shards));
        self.set(|settings| settings.among = Some(shards))
    }

    /// These are clients: they do not crash, are not paused, and their clocks are right. Their links are
    /// taken in by a fifth of the episodes of links, and by all where there are no others. `clients` in the
    /// attribute says this.
    ///
    /// # Panics
    ///
    /// If one of them was never created.
    ///
    /// See [`Chaos`] for an example of the attribute.
    #[track_caller]
    pub fn clients<I: IntoIterator<Item: Into<ShardId>>>(self, shards: I) -> Self {
        let mesh = Mesh::new(self.network.clone());
        let clients = ordered(mesh.group(shards));
        self.set(|settings| settings.clients = clients)
    }

    /// Aims half of the episodes at these shards, such as the leader of the moment: `target` is asked
    /// whenever one is due. It gives an `Option` or a list.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use shard_mesh::{Endpoint, Kind, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..3, seeds = 0..4)]
    /// async fn main(peers: [Endpoint; 3], mesh: Mesh) {
    ///     let leader = Arc::new(AtomicU64::new(0));
    ///     let current = leader.clone();
    ///     mesh.chaos().all_kinds().target(move || Some(current.load(Ordering::Relaxed)));
    ///     for peer in peers {
    ///         mesh.host(peer, |at| async move { while at.recv_segment().await.is_some() {} });
    ///     }
    ///     leader.store(2, Ordering::Relaxed);
    ///     mesh.calm().await;
    /// }
    /// ```
    pub fn target<F, T>(self, mut target: F) -> Self
    where
        F: FnMut() -> T + Send + 'static,
        T: IntoIterator<Item: Into<ShardId>>,
    {
        let asked: Target = Box::new(move || target().into_iter().map(Into::into).collect());
        let asked = Arc::new(Mutex::new(asked));
        self.set(|settings| settings.target = Some(asked))
    }
}

impl<P: Debug + Send + 'static> Debug for Chaos<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.network.episodes.lock();
        let kinds = state.chaos.as_ref().map(|it| it.settings.kinds.clone());
        f.debug_tuple("Chaos").field(&kinds).finish()
    }
}
