use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::network::inbox::shard::{By, Shard};
use crate::network::network::Network;
use crate::trace::clock::DAWN;
use crate::trace::record::Kind;

/// A shard's own wall clock, which can be wrong.
///
/// It starts at 2000-01-01 00:00:00 UTC in every run and follows the clock of the test, so that with
/// a paused clock it repeats. It keeps its error when the shard crashes and restarts, as the clock
/// of a machine does.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{Endpoint, Mesh};
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(_a: Endpoint, _b: Endpoint, mesh: Mesh) {
///     mesh.clock(1).behind(Duration::from_secs(3));
///     let apart = mesh.clock(0).now().duration_since(mesh.clock(1).now());
///     assert_eq!(apart.unwrap(), Duration::from_secs(3));
/// }
/// ```
pub struct ShardClock<P: Debug + Send + 'static> {
    network: Arc<Network<P>>,
    shard: Arc<Shard<P>>,
}

impl<P: Debug + Send + 'static> ShardClock<P> {
    pub(crate) fn new(network: Arc<Network<P>>, shard: Arc<Shard<P>>) -> Self {
        Self { network, shard }
    }

    /// What the shard's clock shows.
    ///
    /// See [`ShardClock`] for an example.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let elapsed = self.elapsed();
        let time = SystemTime::UNIX_EPOCH + DAWN + elapsed;
        match self.shard.on_wall_clocks(|it| it.read(elapsed)) {
            (true, error) => time + error,
            (false, error) => time - error,
        }
    }

    fn elapsed(&self) -> Duration {
        self.network.context.began().elapsed()
    }

    /// Sets the clock ahead of the true time by this much, beside what a [`drift`](Self::drift) has
    /// gathered.
    ///
    /// # Panics
    ///
    /// If that is more than a year.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # use std::time::Duration;
    /// # let factory = InProcessTransportFactory::<String>::new();
    /// # let _shards = [factory.create(ShardId(0)), factory.create(ShardId(1))];
    /// let mesh = factory.mesh();
    /// mesh.clock(0).ahead(Duration::from_secs(60));
    /// assert!(mesh.clock(0).now() > mesh.clock(1).now());
    /// ```
    #[track_caller]
    pub fn ahead(&self, error: Duration) {
        let nanos = nanos(error);
        self.shard.on_wall_clocks(|it| it.by_test.set(true, error));
        self.note(Kind::ClockAhead, nanos);
    }

    /// Sets the clock behind the true time by this much. See [`ShardClock`] for an example.
    ///
    /// # Panics
    ///
    /// If that is more than a year.
    #[track_caller]
    pub fn behind(&self, error: Duration) {
        let nanos = nanos(error);
        self.shard.on_wall_clocks(|it| it.by_test.set(false, error));
        self.note(Kind::ClockBehind, nanos);
    }

    /// Lets the clock run at this rate of the true speed from now on: 0.9 is slow, 1.1 is fast, and 0
    /// stands still. A rate of 1 ends the drift, and keeps what it has gathered. The rate is rounded to
    /// millionths.
    ///
    /// # Panics
    ///
    /// If the rate is not between 0 and 1,000.
    ///
    /// ```
    /// use std::time::Duration;
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(_a: Endpoint, _b: Endpoint, mesh: Mesh) {
    ///     mesh.clock(1).drift(0.9);
    ///     tokio::time::sleep(Duration::from_secs(10)).await;
    ///     let apart = mesh.clock(0).now().duration_since(mesh.clock(1).now());
    ///     assert_eq!(apart.unwrap(), Duration::from_secs(1));
    /// }
    /// ```
    #[track_caller]
    pub fn drift(&self, rate: f64) {
        let millionths = millionths(rate);
        let elapsed = self.elapsed();
        self.shard
            .on_wall_clocks(|it| it.by_test.set_speed(millionths, elapsed));
        self.note(Kind::ClockDrifts, millionths);
    }

    /// Sets the clock right: it shows the true time, and runs at the true speed.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # use std::time::Duration;
    /// # let factory = InProcessTransportFactory::<String>::new();
    /// # let _shards = [factory.create(ShardId(0)), factory.create(ShardId(1))];
    /// let mesh = factory.mesh();
    /// mesh.clock(0).behind(Duration::from_secs(60));
    /// mesh.clock(0).right();
    /// let apart = mesh.clock(1).now().duration_since(mesh.clock(0).now());
    /// assert!(apart.unwrap_or_default() < Duration::from_secs(1));
    /// ```
    pub fn right(&self) {
        self.network.set_right(&self.shard, By::Test);
        self.network.look_for_ended();
    }

    fn note(&self, kind: Kind, how: u64) {
        self.network.note_how(kind, self.shard.key, how);
    }
}

impl<P: Debug + Send + 'static> Debug for ShardClock<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShardClock({}, {:?})", self.shard.key.id, self.now())
    }
}

/// An error of a year at most, in nanoseconds.
#[track_caller]
pub(crate) fn nanos(error: Duration) -> u64 {
    assert!(
        error <= Duration::from_secs(365 * 24 * 3600),
        "a clock that is {error:?} wrong: let it be wrong by a year at most"
    );
    u64::try_from(error.as_nanos()).unwrap_or(u64::MAX)
}

/// A rate in millionths of the true speed.
#[track_caller]
pub(crate) fn millionths(rate: f64) -> u64 {
    assert!(
        (0.0..=1000.0).contains(&rate),
        "a clock that runs at {rate} of the true speed: give a rate from 0 to 1000, such as 0.9"
    );
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked above"
    )]
    let millionths = (rate * 1e6).round() as u64;
    millionths
}
