#![allow(
    clippy::must_use_candidate,
    reason = "an episode is planned without its handle"
)]

use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;

use crate::decision::chaos::episode::{Begins, Which};
use crate::decision::latency::Latency;
use crate::mesh::episode::Episode;
use crate::network::episodes::state::Act;
use crate::network::links::new_fault::NewFault;
use crate::network::network::Network;

/// Some links at a moment to come, to say what happens to them then: those that are open when it comes.
/// The verbs are those of [`Links`](crate::Links), whose table says what each of them means.
///
/// ```
/// use shard_mesh::{Endpoint, Mesh, Moment, ShardId, ms};
///
/// #[shard_mesh::test(peers = 0..3)]
/// async fn main(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
///     mesh.at(ms(5)).link(0, 1).hold().lasting(ms(10));
///     mesh.at(ms(5)).from(2).loss(1.0);
///     mesh.at(ms(5)).between([0], [2]).duplicate(1.0).optional();
///     mesh.after(Moment::sent(0, 1, 1)).all().latency(ms(20)).optional();
///     tokio::time::sleep(ms(5)).await;
///     peers[0].send_segment(ShardId(1), 7).await.unwrap();
///     peers[2].send_segment(ShardId(1), 8).await.unwrap();
///     assert_eq!(peers[1].recv_segment_from().await, Some((ShardId(0), 7)));
/// }
/// ```
#[must_use = "this plans nothing: say what happens to the links"]
pub struct LinksAt<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    begins: Begins,
    which: Which,
}

impl<P: Debug + Send + 'static> LinksAt<P> {
    pub(crate) fn new(network: Arc<Network<P>>, begins: Begins, which: Which) -> Self {
        Self {
            network,
            begins,
            which,
        }
    }

    #[track_caller]
    fn plan(&self, fault: NewFault<P>) -> Episode<P> {
        let act = Act::Links(self.which.clone(), fault);
        Episode::new(&self.network, self.begins, act, Location::caller())
    }

    /// Cuts them: as [`Links::cut`](crate::Links::cut).
    ///
    /// See [`Episode`] for an example.
    #[track_caller]
    pub fn cut(&self) -> Episode<P> {
        self.plan(NewFault::cut())
    }

    /// Holds them: as [`Links::hold`](crate::Links::hold). The end of the episode delivers what was held.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn hold(&self) -> Episode<P> {
        self.plan(NewFault::hold())
    }

    /// Makes each segment take this long: as [`Links::latency`](crate::Links::latency).
    ///
    /// # Panics
    ///
    /// If the range is empty.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn latency(&self, latency: impl Into<Latency>) -> Episode<P> {
        self.plan(NewFault::latency(latency.into()))
    }

    /// Loses each segment with this probability: as [`Links::loss`](crate::Links::loss).
    ///
    /// # Panics
    ///
    /// If the probability is not from 0 to 1.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn loss(&self, probability: f64) -> Episode<P> {
        self.plan(NewFault::loss(probability))
    }

    /// Makes each segment arrive twice with this probability: as
    /// [`Links::duplicate`](crate::Links::duplicate).
    ///
    /// # Panics
    ///
    /// If the probability is not from 0 to 1.
    ///
    /// See [`LinksAt`] for an example.
    #[track_caller]
    pub fn duplicate(&self, probability: f64) -> Episode<P>
    where
        P: Clone,
    {
        self.plan(NewFault::duplicate(probability))
    }

    /// Lets each segment be overtaken with this probability: as
    /// [`Links::reorder`](crate::Links::reorder).
    ///
    /// # Panics
    ///
    /// If the probability is not from 0 to 1.
    ///
    /// See [`LinksAt`] for an example of the like.
    #[track_caller]
    pub fn reorder(&self, probability: f64) -> Episode<P> {
        self.plan(NewFault::reorder(probability))
    }

    /// Lets each link carry this many segments a second: as [`Links::rate`](crate::Links::rate).
    ///
    /// # Panics
    ///
    /// If the rate is not above 0.
    ///
    /// See [`LinksAt`] for an example of the like.
    #[track_caller]
    pub fn rate(&self, segments_per_second: f64) -> Episode<P> {
        self.plan(NewFault::rate(segments_per_second))
    }
}

impl<P: Debug + Send + 'static> Debug for LinksAt<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinksAt({:?}, {:?})", self.which, self.begins)
    }
}
