//! The links of a mesh to which something can be done.

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::Which;
use crate::network::inbox::shard::Shard;
use crate::network::network::Network;
use crate::network::shard_table::ShardTable;
use crate::ordered::sort;

/// Links, by the indices of their two ends.
type Ends = Vec<(u32, u32)>;

impl<P> Network<P> {
    /// Those of these links that are open, or keep something back: in order. None of shards that were
    /// never created.
    pub(crate) fn selectable(&self, which: &Which) -> Vec<(ShardId, ShardId)> {
        // What is due has arrived, though nobody has looked yet: nothing keeps it back.
        self.on_all(|_, _| {});
        let shards = self.shards();
        let mut selected = Vec::new();
        for (from, to) in ends(&shards, which) {
            let (from, to) = (shards.at(from), shards.at(to));
            if to.is_selectable(from) {
                selected.push((from.key.id, to.key.id));
            }
        }
        sort(&mut selected);
        selected
    }
}

fn ends<P>(shards: &ShardTable<P>, which: &Which) -> Ends {
    let at = |id: ShardId| shards.get(id).into_iter();
    let indices = |ids: &[ShardId]| -> Vec<u32> {
        let created = ids.iter().filter_map(|id| shards.get(*id));
        created.map(|shard| shard.key.index).collect()
    };
    match which {
        Which::All => shards.iter().flat_map(|shard| from(shard)).collect(),
        Which::Link(from, to) => at(*from)
            .zip(at(*to))
            .map(|(from, to)| (from.key.index, to.key.index))
            .collect(),
        Which::Between(left, right) => crossing(shards, &indices(left), &indices(right), true),
        Which::Leading(left, right) => crossing(shards, &indices(left), &indices(right), false),
        Which::From(shard) => at(*shard).flat_map(|shard| from(shard)).collect(),
        Which::To(shard) => at(*shard).flat_map(|shard| to(shard)).collect(),
        Which::Around(shard) => at(*shard)
            .flat_map(|shard| from(shard).chain(to(shard)))
            .collect(),
    }
}

/// The links from a shard, and those to one, by their ends.
fn from<P>(shard: &Shard<P>) -> impl Iterator<Item = (u32, u32)> {
    let from = shard.key.index;
    shard.peers().into_iter().map(move |to| (from, to))
}

fn to<P>(shard: &Shard<P>) -> impl Iterator<Item = (u32, u32)> {
    let to = shard.key.index;
    shard.senders().into_iter().map(move |from| (from, to))
}

/// The links from one group to another, and `both_ways` those back, by their ends.
fn crossing<P>(shards: &ShardTable<P>, left: &[u32], right: &[u32], both_ways: bool) -> Ends {
    const LEFT: u8 = 1;
    const RIGHT: u8 = 2;
    let mut sides = vec![0; shards.iter().count()];
    for (group, side) in [(left, LEFT), (right, RIGHT)] {
        for &index in group {
            sides[index as usize] |= side;
        }
    }
    let crosses = |a: u8, b: u8| a & LEFT > 0 && b & RIGHT > 0;
    let side = |index: u32| sides[index as usize];
    let senders = shards.iter().filter(|shard| side(shard.key.index) > 0);
    let links = senders.flat_map(|shard| from(shard));
    links
        .filter(|&(from, to)| {
            crosses(side(from), side(to)) || (both_ways && crosses(side(to), side(from)))
        })
        .collect()
}
