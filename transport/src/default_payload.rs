//! Has the transport of [`WalSegmentPayload`] compiled in this crate, once, and not again in every
//! executable of tests: without optimisation, which is how tests are built, rustc takes what a
//! dependency has compiled already. That is 0.7 s for each executable, and the same for this crate.

use std::sync::Arc;

use crate::contract::payload::WalSegmentPayload;
use crate::contract::shard_id::ShardId;
use crate::contract::transport::Transport;
use crate::mesh::factory::InProcessTransportFactory;
use crate::run::run::Run;

/// What every test uses. It is never called.
#[used]
static COMPILED: fn(&Run) -> Arc<dyn Transport> = |run| {
    let factory = run.watch(InProcessTransportFactory::<WalSegmentPayload>::new());
    factory.connect(ShardId(0), ShardId(1));
    drop(factory.mesh());
    factory.create(ShardId(0))
};
