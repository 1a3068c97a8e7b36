use std::sync::{Arc, OnceLock};

use crate::ShardId;
use crate::inbox::Shard;
use crate::network::Network;

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
    /// Calls `use_it` with the shard `to`, if it was ever created.
    #[inline]
    pub(crate) fn with<R>(
        &self,
        network: &Network<P>,
        to: ShardId,
        use_it: impl FnOnce(&Shard<P>) -> R,
    ) -> Option<R> {
        let near = self
            .near
            .get_or_init(|| (0..NEAR).map(|_| OnceLock::new()).collect());
        #[allow(
            clippy::cast_possible_truncation,
            reason = "only the low bits are of interest"
        )]
        let place = &near[to.0 as usize % NEAR];
        match place.get() {
            Some(shard) if shard.key.id == to => Some(use_it(shard)),
            known => {
                let shard = network.shards().get(to)?.clone();
                if known.is_none() {
                    let _ = place.set(shard.clone());
                }
                Some(use_it(&shard))
            }
        }
    }
}

impl<P> Default for Routes<P> {
    fn default() -> Self {
        Self {
            near: OnceLock::new(),
        }
    }
}
