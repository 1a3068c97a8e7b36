//! The links of a mesh to which something can be done.

use crate::contract::shard_id::ShardId;
use crate::network::shard_table::ShardTable;
use crate::network::state::Network;
use crate::network::wake_list::WakeList;
use crate::ordered::sort;

/// Links, by the indices of their two ends.
pub(crate) type Ends = Vec<(u32, u32)>;

impl<P> Network<P> {
    /// Those of the links that `which` names that are open, or keep something back: in order.
    pub(crate) fn selectable(
        &self,
        which: impl FnOnce(&ShardTable<P>) -> Ends,
    ) -> Vec<(ShardId, ShardId)> {
        let now = self.context.time();
        let mut to_wake = WakeList::new();
        let shards = self.shards();
        let mut selected = Vec::new();
        for (from, to) in which(&shards) {
            let (from, to) = (shards.at(from), shards.at(to));
            // What is due has arrived, and is not kept back.
            let index = from.key.index;
            if to.with_arrivals(now, &mut to_wake, |arrivals, _| {
                arrivals.is_selectable(index)
            }) {
                selected.push((from.key.id, to.key.id));
            }
        }
        sort(&mut selected);
        selected
    }
}
