use std::hint::black_box;
use std::sync::Arc;

use shard_mesh::{ShardId, Transport, TransportError};

use super::{Design, Inherent, Inlet, Outlet, Segment};

/// shard-mesh as `Arc<dyn Transport>`, its type hidden from the optimiser.
pub(crate) struct BehindTrait(pub(crate) Inherent);

impl Design for BehindTrait {
    type Outlet = Sends;
    type Inlet = Hidden;

    fn fan(&self, senders: u32, receivers: u32) -> (Vec<Sends>, Vec<Hidden>) {
        let (outlets, inlets) = self.0.endpoints(senders, receivers);
        let first = senders.into();
        let outlets = outlets
            .into_iter()
            .map(|endpoint| Sends::new(Hidden::new(endpoint), first));
        (
            outlets.collect(),
            inlets.into_iter().map(Hidden::new).collect(),
        )
    }

    fn pair(&self) -> [(Sends, Hidden); 2] {
        let [left, right] = self.0.two().map(Hidden::new);
        [
            (Sends::new(left.clone(), 1), left),
            (Sends::new(right.clone(), 0), right),
        ]
    }
}

/// A transport of a type that nobody knows.
#[derive(Clone)]
pub(crate) struct Hidden(Arc<dyn Transport>);

impl Hidden {
    pub(super) fn new(transport: Arc<impl Transport>) -> Self {
        Self(black_box(transport))
    }
}

impl Inlet for Hidden {
    fn receive(&mut self) -> impl Future<Output = Option<Segment>> + Send {
        self.0.recv_segment()
    }
}

/// The transport of a shard that sends.
pub(crate) struct Sends {
    transport: Hidden,
    /// The id of the first receiver.
    first: u64,
}

impl Sends {
    pub(super) fn new(transport: Hidden, first: u64) -> Self {
        Self { transport, first }
    }
}

impl Outlet for Sends {
    type Error = TransportError;

    fn send(
        &self,
        to: u32,
        segment: Segment,
    ) -> impl Future<Output = Result<(), TransportError>> + Send {
        self.transport
            .0
            .send_segment(ShardId(self.first + u64::from(to)), segment)
    }
}
