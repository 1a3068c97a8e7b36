//! The links of a mesh to which something can be done.

use crate::contract::shard_id::ShardId;
use crate::network::network::Network;
use crate::network::shard_table::ShardTable;
use crate::ordered::sort;

/// Links, by the indices of their two ends.
pub(crate) type Ends = Vec<(u32, u32)>;

impl<P> Network<P> {
    /// Those of the links that `which` names that are open, or keep something back: in order.
    pub(crate) fn selectable(
        &self,
        which: impl FnOnce(&ShardTable<P>) -> Ends,
    ) -> Vec<(ShardId, ShardId)> {
        // What is due has arrived, though nobody has looked yet: nothing keeps it back.
        self.on_all(|_, _| {});
        let shards = self.shards();
        let mut selected = Vec::new();
        for (from, to) in which(&shards) {
            let (from, to) = (shards.at(from), shards.at(to));
            if to.is_selectable(from) {
                selected.push((from.key.id, to.key.id));
            }
        }
        sort(&mut selected);
        selected
    }
}
