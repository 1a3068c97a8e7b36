use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::network::inbox::shard::Shard;
use crate::network::network::Network;

/// 2000-01-01 00:00:00 UTC, at which every test begins.
const DAWN: Duration = Duration::from_secs(946_684_800);

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
        let time = SystemTime::UNIX_EPOCH + DAWN + self.network.context.began().elapsed();
        match self.shard.clock_error() {
            (true, error) => time + error,
            (false, error) => time - error,
        }
    }

    /// Sets the clock ahead of the true time by this much; zero sets it right.
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
        check(error);
        self.shard.set_clock_error(true, error);
    }

    /// Sets the clock behind the true time by this much. See [`ShardClock`] for an example.
    ///
    /// # Panics
    ///
    /// If that is more than a year.
    #[track_caller]
    pub fn behind(&self, error: Duration) {
        check(error);
        self.shard.set_clock_error(false, error);
    }
}

impl<P: Debug + Send + 'static> Debug for ShardClock<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShardClock({}, {:?})", self.shard.key.id, self.now())
    }
}

#[track_caller]
fn check(error: Duration) {
    assert!(
        error <= Duration::from_secs(365 * 24 * 3600),
        "a clock that is {error:?} wrong: let it be wrong by a year at most"
    );
}
