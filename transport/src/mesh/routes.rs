use std::sync::{Arc, OnceLock};

use crate::contract::shard_id::ShardId;
use crate::network::inbox::shard::Shard;
use crate::network::network::Network;

/// How many peers an endpoint finds without a lock.
const NEAR: usize = 64;

/// The peers that an endpoint has sent to. Shards are never taken out of the table, so what was
/// found once stays right, and sends need not share the table's lock with all other shards.
pub(crate) struct Routes<P> {
    /// A peer's place is its id modulo [`NEAR`]; one that finds its place taken is looked up in
    /// the table each time.
    near: OnceLock<Box<[Place<P>]>>,
}

type Place<P> = OnceLock<Arc<Shard<P>>>;

impl<P> Routes<P> {
    /// The shard `to`, if it was ever created; one that has no place here is kept in `far`.
    #[inline]
    pub(crate) fn find<'a>(
        &'a self,
        network: &Network<P>,
        to: ShardId,
        far: &'a mut Option<Arc<Shard<P>>>,
    ) -> Option<&'a Shard<P>> {
        if let Some(near) = self.near.get() {
            if let Some(shard) = near[place_of(to)].get() {
                if shard.key.id == to {
                    return Some(shard);
                }
            }
        }
        *far = self.look_up(network, to);
        far.as_deref()
    }

    /// Finds it in the table, and gives it the place that is its own, unless that is taken.
    #[cold]
    fn look_up(&self, network: &Network<P>, to: ShardId) -> Option<Arc<Shard<P>>> {
        let shard = network.shards().get(to)?.clone();
        let near = self
            .near
            .get_or_init(|| (0..NEAR).map(|_| OnceLock::new()).collect());
        near[place_of(to)].get_or_init(|| shard.clone());
        Some(shard)
    }
}

#[inline]
fn place_of(id: ShardId) -> usize {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "only the low bits are of interest"
    )]
    let place = id.0 as usize % NEAR;
    place
}

impl<P> Default for Routes<P> {
    fn default() -> Self {
        Self {
            near: OnceLock::new(),
        }
    }
}
