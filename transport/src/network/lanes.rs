//! Marks in the lanes of shards, and what they say.

use std::fmt::Debug;

use crate::contract::shard_id::ShardId;
use crate::history::lanes::Lanes;
use crate::network::network::Network;
use crate::sync::lock;
use crate::trace::label::line;
use crate::trace::record::Kind;
use crate::trace::shard_key::ShardKey;

impl<P> Network<P> {
    /// Notes this in the lane of a shard, if there is a run that looks.
    pub(crate) fn note_text(&self, shard: ShardKey, text: &str) {
        if let Some(mark) = self.mark(shard) {
            let text = line(text);
            lock(&self.notes).tell(mark, &text);
            #[cfg(feature = "tracing")]
            crate::trace::emit::trace_note(shard.id, &text, self.context.stamp());
        }
    }

    fn mark(&self, shard: ShardKey) -> Option<u64> {
        self.context.run()?;
        let mark = lock(&self.notes).mark();
        self.note_how(Kind::Noted, shard, mark);
        Some(mark)
    }
}

impl<P: Debug + Send + 'static> Lanes for Network<P> {
    fn now(&self) -> u64 {
        self.context.time()
    }

    fn mark(&self, shard: ShardId) -> Option<u64> {
        let key = self.shards().get(shard)?.key;
        Network::mark(self, key)
    }

    fn tell(&self, mark: u64, text: &str) {
        lock(&self.notes).tell(mark, &line(text));
    }
}
