#![allow(
    clippy::return_self_not_must_use,
    clippy::must_use_candidate,
    reason = "an episode is planned without its handle"
)]

use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use crate::decision::chaos::episode::Begins;
use crate::millis::millis;
use crate::network::episodes::state::{Act, PlanState, Planned};
use crate::network::losses::Keeping;
use crate::network::network::Network;

/// A fault that is to begin by itself, as [`Mesh::at`](crate::Mesh::at) or
/// [`Mesh::after`](crate::Mesh::after) plans it. It lasts for ever unless told. Dropping this does nothing.
///
/// One whose time comes while it is impossible does not begin: a crash of a shard that is down, or has no node.
/// A test that passes, and in which it has not begun, fails and names the line.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{Endpoint, Mesh, ShardId};
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
///     let ms = Duration::from_millis;
///     mesh.at(ms(10)).link(0, 1).cut().lasting(ms(5));
///     for (at, arrives) in [(9, true), (10, false), (14, false), (15, true)] {
///         tokio::time::sleep_until(tokio::time::Instant::now() + ms(at) - mesh_time(&mesh)).await;
///         a.send_segment(ShardId(1), at).await.unwrap();
///         assert_eq!(b.try_recv_segment().is_ok(), arrives, "{at} ms");
///     }
/// }
/// # fn mesh_time(mesh: &Mesh<u64>) -> Duration {
/// #     let dawn = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(946_684_800);
/// #     mesh.clock(0).now().duration_since(dawn).unwrap()
/// # }
/// ```
pub struct Episode<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    /// Its place among those that are planned.
    place: usize,
}

impl<P: Debug + Send + 'static> Episode<P> {
    pub(crate) fn new(
        network: &Arc<Network<P>>,
        begins: Begins,
        act: Act<P>,
        asked: &'static Location<'static>,
    ) -> Self {
        let place = network.plan(Planned {
            begins,
            act,
            lasting: None,
            asked,
            optional: false,
            decision: None,
            state: PlanState::Waits,
        });
        Self {
            network: network.clone(),
            place,
        }
    }

    #[track_caller]
    fn set(self, set: impl FnOnce(&mut Planned<P>)) -> Self {
        let waits = self.network.episodes.change(|state| {
            let planned = &mut state.planned[self.place];
            set(planned);
            planned.state == PlanState::Waits
        });
        assert!(
            waits,
            "this episode has begun, or was cancelled: say all of it in the line that plans it"
        );
        self
    }

    /// Ends it after this time, rounded up to whole milliseconds.
    ///
    /// See [`Episode`] for an example.
    ///
    /// # Panics
    ///
    /// If it has begun.
    #[track_caller]
    pub fn lasting(self, length: Duration) -> Self {
        self.set(|planned| planned.lasting = Some(millis(length)))
    }

    /// Of a crash: each disk of the shard keeps so many of its writes that were not synced, the first
    /// ones. All of them unless told.
    ///
    /// # Panics
    ///
    /// If it is no crash, or has begun.
    ///
    /// ```
    /// use std::time::Duration;
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     let ms = Duration::from_millis;
    ///     let log = mesh.disk(1, Vec::new());
    ///     let on = log.clone();
    ///     mesh.host(b, move |_| {
    ///         for n in 0..3 {
    ///             on.write(|log| log.push(n));
    ///         }
    ///         std::future::pending::<()>()
    ///     });
    ///     mesh.at(ms(5)).crash(1).keeping(2);
    ///     tokio::time::sleep(ms(6)).await;
    ///     assert_eq!(log.read(Vec::clone), [0, 1]);
    /// }
    /// ```
    #[track_caller]
    pub fn keeping(self, unsynced_writes: u64) -> Self {
        let asked = Location::caller();
        self.set(|planned| match &mut planned.act {
            Act::Crash(crash, keeping) => {
                crash.keeping = Some(unsynced_writes);
                *keeping = Keeping::Told(crash.keeping);
            }
            _ => no_crash("keeping", asked),
        })
    }

    /// Of a crash: what the shard has sent and is still in flight arrives, as a real network does. It is
    /// lost unless told.
    ///
    /// # Panics
    ///
    /// If it is no crash, or has begun.
    ///
    /// ```
    /// use std::time::Duration;
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     let ms = Duration::from_millis;
    ///     mesh.all().latency(ms(10));
    ///     mesh.host(b, |b| async move {
    ///         b.send_segment(ShardId(0), 7).await.unwrap();
    ///         std::future::pending::<()>().await
    ///     });
    ///     mesh.at(ms(5)).crash(1).in_flight_arrives();
    ///     assert_eq!(a.recv_segment().await, Some(7));
    /// }
    /// ```
    #[track_caller]
    pub fn in_flight_arrives(self) -> Self {
        let asked = Location::caller();
        self.set(|planned| match &mut planned.act {
            Act::Crash(crash, _) => crash.in_flight_arrives = true,
            _ => no_crash("in_flight_arrives", asked),
        })
    }

    /// Lets it be inert: without this, one that has not begun, or a fault that met no segment, fails the
    /// test.
    ///
    /// # Panics
    ///
    /// If it has begun.
    ///
    /// ```
    /// use std::time::Duration;
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
    ///     mesh.at(Duration::from_secs(1)).link(0, 1).cut().optional();
    /// }
    /// ```
    #[track_caller]
    pub fn optional(self) -> Self {
        self.set(|planned| planned.optional = true)
    }
}

fn no_crash(what: &str, asked: &Location<'_>) -> ! {
    panic!(
        "`{what}` at {}:{} is for a `crash`",
        asked.file(),
        asked.line()
    )
}

impl<P: Debug + Send + 'static> Debug for Episode<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.network.episodes.lock();
        let planned = &state.planned[self.place];
        let (begins, asked) = (planned.begins, planned.asked);
        write!(f, "Episode({begins:?} at {asked})")
    }
}
