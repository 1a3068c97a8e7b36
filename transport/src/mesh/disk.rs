use std::fmt::{self, Debug};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::coop;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::moment::Happens;
use crate::decision::choices::sealed::Choices as _;
use crate::decision::latency::Latency;
use crate::mesh::mesh::Mesh;
use crate::network::disk::{Lives, Memory};
use crate::network::inbox::shard::Shard;
use crate::network::network::Network;
use crate::network::tasks::adopted::{Home, running_fell, running_life};

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Gives a shard a disk: what its node keeps over a crash.
    ///
    /// See [`Disk`].
    ///
    /// # Panics
    ///
    /// If the shard was never created.
    #[track_caller]
    #[must_use]
    pub fn disk<T: Clone + Send + 'static>(
        &self,
        shard: impl Into<ShardId>,
        initial: T,
    ) -> Disk<T> {
        let shard = self.shard(shard.into());
        let lives = shard.add_disk(|name| Arc::new(Lives::new(name, initial)));
        Disk {
            lives,
            site: Arc::new(Place {
                network: self.network.clone(),
                shard,
            }),
            memory: None,
        }
    }
}

/// The durable state of a shard, on a disk whose writes are in the page cache until they are synced.
///
/// [`Mesh::disk`] makes it; a clone is the same disk. It is one value of the test's own type, of which a
/// copy is kept for each write that is not synced: a log in a persistent or reference-counted structure is
/// cheap to clone. It is not a file system.
///
/// A [crash](Mesh::crash) keeps all that was synced, and of the writes after that the first few: how many
/// is a decision of the seed, from none to all. Either end comes up at least one time in four, the
/// simplest is all, and the report tells what was lost. What a crash has kept is durable from then on. A
/// shard may have several disks, each of which loses on its own. Nothing else can go wrong with a disk,
/// so nothing returns an error.
///
/// A dead machine writes nothing. A clone that was made while a task of the shard, or the closure of its
/// [host](Mesh::host), was polled belongs to that life of the shard. When the life has ended, its writes
/// and syncs do nothing, and it reads what that life had. So neither a destructor that flushes during a
/// crash nor a task that outlives it reaches the disk. The report tells the second.
///
/// The body of the test, and a task of another shard, write to what is there now, also while the shard is
/// down. That is durable at once, with all that was written before it.
///
/// ```
/// use shard_mesh::{Disk, Endpoint, Mesh, ShardId};
///
/// /// Appends what it receives, and acknowledges what is safe.
/// async fn node(at: Endpoint<u64>, log: Disk<Vec<u64>>) {
///     while let Some((from, n)) = at.recv_segment_from().await {
///         log.write(|log| log.push(n));
///         log.sync().await;
///         let _ = at.send_segment(from, n).await;
///     }
/// }
///
/// #[shard_mesh::test(peers = 0..2, seeds = 0..16)]
/// async fn main(client: Endpoint<u64>, server: Endpoint<u64>, mesh: Mesh<u64>) {
///     let log = mesh.disk(1, Vec::new());
///     let on = log.clone();
///     mesh.host(server, move |at| node(at, on.clone()));
///     client.send_segment(ShardId(1), 7).await.unwrap();
///     assert_eq!(client.recv_segment().await, Some(7));
///     mesh.crash(1);
///     mesh.restart(1);
///     assert_eq!(log.read(Vec::clone), [7]);
/// }
/// ```
pub struct Disk<T> {
    lives: Arc<Lives<T>>,
    site: Arc<dyn Site>,
    /// What is there in the life that this belongs to, if it belongs to one.
    memory: Option<Arc<Memory<T>>>,
}

/// The shard of a disk, without the type of the mesh's payload.
trait Site: Send + Sync {
    /// The life of the task of this shard that is being polled, if one is, and whether it goes on.
    fn running(&self) -> Option<bool>;
    /// A task that outlived its shard has touched the disk with this name.
    fn outlived(&self, disk: &str);
    /// A task of the shard has written to the disk, or synced it.
    fn happened(&self, written: bool);
    /// How long this sync of a disk takes: milliseconds.
    fn latency(&self, disk: &str, sync: u64, latency: Latency) -> u64;
}

struct Place<P> {
    network: Arc<Network<P>>,
    shard: Arc<Shard<P>>,
}

impl<P: Debug + Send + 'static> Site for Place<P> {
    fn running(&self) -> Option<bool> {
        let home: Arc<dyn Home> = self.shard.clone();
        let life = running_life(&home)?;
        Some(life == self.shard.life())
    }

    fn outlived(&self, disk: &str) {
        self.network.note_outlived(self.shard.key.id, disk);
    }

    fn happened(&self, written: bool) {
        let (shard, id) = (&self.shard, self.shard.key.id);
        let what = if written {
            Happens::Written(id, shard.count_written())
        } else {
            Happens::Synced(id, shard.count_synced())
        };
        if self.network.episodes.awaits_moments() {
            self.network.happens(what);
        }
    }

    fn latency(&self, disk: &str, sync: u64, Latency { least, most }: Latency) -> u64 {
        if least == most {
            return least;
        }
        let context = &self.network.context;
        let millis = least..=most;
        let name = format!("{disk}, sync {sync}");
        match context
            .asked()
            .ask(context.decider(), (&name, None), &millis)
        {
            Ok(place) => millis.at(place),
            Err(wrong) => panic!("{wrong}"),
        }
    }
}

impl<T: Clone + Send + 'static> Disk<T> {
    /// What whoever calls this sees, and whether it does so from a life of the shard.
    fn here(&self) -> (Arc<Memory<T>>, bool) {
        match (&self.memory, self.site.running()) {
            (Some(memory), _) => (memory.clone(), true),
            (None, Some(true)) => (self.lives.current(), true),
            (None, Some(false)) => (self.lives.previous(), true),
            (None, None) => (self.lives.current(), false),
        }
    }

    /// Looks at what is there, all that was written in this life of the shard included.
    ///
    /// # Panics
    ///
    /// If the closure touches the same disk.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # let factory = InProcessTransportFactory::<u64>::new();
    /// # let _shard = factory.create(ShardId(0));
    /// let term = factory.mesh().disk(0, 7);
    /// assert_eq!(term.read(|term| *term), 7);
    /// ```
    #[track_caller]
    pub fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.here().0.read(look)
    }

    /// Changes what is there. From a task of the shard, it is lost in a crash before a
    /// [`sync`](Self::sync) that comes after it, unless the crash keeps it.
    ///
    /// # Panics
    ///
    /// If the closure touches the same disk. Where the closure itself panics, nothing has changed.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # let factory = InProcessTransportFactory::<u64>::new();
    /// # let _shard = factory.create(ShardId(0));
    /// let log = factory.mesh().disk(0, vec!["a"]);
    /// let length = log.write(|log| {
    ///     log.push("b");
    ///     log.len()
    /// });
    /// assert_eq!(length, 2);
    /// ```
    #[track_caller]
    pub fn write<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let (memory, of_life) = self.here();
        let (result, lives) = memory.write(!of_life, change);
        if !lives {
            self.tell_outlived();
        } else if of_life {
            self.site.happened(true);
        }
        result
    }

    /// Makes durable what was written before this is first polled. It takes the disk's
    /// [`latency`](Self::latency); a crash before its end keeps what a crash keeps of unsynced writes.
    ///
    /// Several may run at once. That of a paused shard's task completes after the shard is resumed.
    ///
    /// # Cancel safety
    ///
    /// A dropped future has synced nothing.
    ///
    /// See [`Disk`] for an example.
    pub fn sync(&self) -> impl Future<Output = ()> + Send + use<T> {
        let disk = Self {
            lives: self.lives.clone(),
            site: self.site.clone(),
            memory: self.memory.clone(),
        };
        async move {
            let (memory, of_life) = disk.here();
            let written = memory.written();
            let (sync, latency) = disk.lives.begin_sync();
            let millis = latency.map_or(0, |it| disk.site.latency(&disk.lives.name, sync, it));
            if millis > 0 {
                tokio::time::sleep(Duration::from_millis(millis)).await;
            } else {
                coop::consume_budget().await;
            }
            if !memory.sync(written) {
                disk.tell_outlived();
            } else if of_life {
                disk.site.happened(false);
                if running_fell() {
                    // A dead machine does not go on.
                    pending::<()>().await;
                }
            }
        }
    }

    /// How long a [`sync`](Self::sync) takes: one time for all, or a range from which the seed draws for
    /// each. None unless told.
    ///
    /// ```
    /// use std::time::Duration;
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
    ///     let ms = Duration::from_millis;
    ///     let disk = mesh.disk(1, 0).latency(ms(5)..ms(20));
    ///     let began = tokio::time::Instant::now();
    ///     disk.sync().await;
    ///     assert!(began.elapsed() >= ms(5));
    /// }
    /// ```
    #[must_use = "this gives the disk back"]
    pub fn latency(self, latency: impl Into<Latency>) -> Self {
        self.lives.set_latency(latency.into());
        self
    }

    /// A write or a sync of a life that is over. That of a destructor during the crash is no surprise.
    fn tell_outlived(&self) {
        if self.site.running().is_none() {
            self.site.outlived(&self.lives.name);
        }
    }
}

impl<T: Clone + Send + 'static> Clone for Disk<T> {
    fn clone(&self) -> Self {
        let memory = match self.site.running() {
            Some(true) => Some(self.lives.current()),
            Some(false) => self.memory.clone().or_else(|| Some(self.lives.previous())),
            None => self.memory.clone(),
        };
        Self {
            lives: self.lives.clone(),
            site: self.site.clone(),
            memory,
        }
    }
}

impl<T> Debug for Disk<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Disk").field(&self.lives.name).finish()
    }
}
