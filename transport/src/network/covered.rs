//! How much befell a mesh, for the statistics of a sweep.

use std::collections::BTreeMap;

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::{What, Which};
use crate::decision::chaos::kind::Kind;
use crate::network::inbox::node::Node;
use crate::network::network::Network;
use crate::network::tally::Covered;
use crate::sync::lock;

impl<P> Network<P> {
    /// What its nodes have done.
    pub(crate) fn nodes(&self) -> Vec<Node> {
        self.shards().iter().filter_map(|it| it.node()).collect()
    }

    pub(crate) fn covered(&self) -> Covered {
        let mut covered = self.tally.covered();
        let measured = lock(&self.measured).clone().into_iter();
        covered.measured = measured.map(|(name, value)| (name, vec![value])).collect();
        let mut sent = BTreeMap::<ShardId, u64>::new();
        self.each_link(|from, _, link| *sent.entry(from).or_default() += link.sent);
        covered.segments = sent.values().sum();
        for shard in self.shards().iter() {
            let sent = sent.get(&shard.key.id).copied().unwrap_or_default();
            covered.sent_again += u64::from(shard.has_sent_again(sent));
        }
        let state = self.episodes.lock();
        if state.chaos.is_none() {
            return covered;
        }
        let drawn = state.drawn.clone();
        drop(state);
        let shards = self.shards();
        let nodes = shards.iter().filter(|it| it.is_hosted());
        let nodes: Vec<_> = nodes.map(|it| it.key.id).collect();
        drop(shards);
        // Those that are decisions, and those whose segments are.
        let faults = self.faults();
        let by_chaos = faults.iter().filter_map(|it| it.info.by_chaos);
        let of_segments = by_chaos.filter(|kind| matches!(kind, Kind::Slow | Kind::Lossy));
        for kind in drawn.iter().map(|it| it.what.kind()).chain(of_segments) {
            *covered.kinds.entry(kind).or_default() += 1;
        }
        for episode in &drawn {
            match splits(&episode.what, &nodes) {
                Some(true) => covered.with_majority += 1,
                Some(false) => covered.without_majority += 1,
                None => {}
            }
        }
        covered
    }
}

/// Whether a partition that splits all nodes in two leaves a majority of them together; `None` where it
/// splits others.
fn splits(what: &What, nodes: &[ShardId]) -> Option<bool> {
    let among = |group: &[ShardId]| nodes.iter().filter(|it| group.contains(it)).count();
    let (left, right) = match what {
        What::Cut(Which::Between(left, right)) => (among(left), among(right)),
        What::Cut(Which::Around(shard)) => {
            let left = among(&[*shard]);
            (left, nodes.len() - left)
        }
        _ => return None,
    };
    let whole = left > 0 && right > 0 && left + right == nodes.len();
    whole.then_some(left.max(right) * 2 > nodes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_leaves_a_majority_or_not() {
        let nodes = [0, 1, 2, 3].map(ShardId);
        let between = |left: &[u64], right: &[u64]| {
            let group = |ids: &[u64]| ids.iter().copied().map(ShardId).collect();
            splits(
                &What::Cut(Which::Between(group(left), group(right))),
                &nodes,
            )
        };
        assert_eq!(between(&[0], &[1, 2, 3]), Some(true));
        // A client is no node.
        assert_eq!(between(&[0, 1, 9], &[2, 3]), Some(false));
        assert_eq!(between(&[0, 1, 2, 3], &[9]), None);
        // The third is with both.
        assert_eq!(between(&[0, 1], &[3]), None);
        let around = |shard| splits(&What::Cut(Which::Around(ShardId(shard))), &nodes);
        assert_eq!((around(3), around(9)), (Some(true), None));
        assert_eq!(splits(&What::Cut(Which::To(ShardId(0))), &nodes), None);
    }
}
