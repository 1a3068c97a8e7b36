use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId, TransportError};

use super::{Design, Inlet, Outlet, Segment, faults};

/// shard-mesh through the methods of [`Endpoint`], on the mesh of a factory.
pub(crate) struct Inherent {
    factory: InProcessTransportFactory,
    /// Names of the faults that every link has from the start.
    faults: Vec<String>,
}

impl Inherent {
    pub(crate) fn new(factory: InProcessTransportFactory) -> Self {
        let faults = Vec::new();
        Self { factory, faults }
    }

    pub(crate) fn with_faults(self, faults: Vec<String>) -> Self {
        Self { faults, ..self }
    }

    /// The endpoints of `senders` shards, and after them those of `receivers` more.
    pub(super) fn endpoints(&self, senders: u32, receivers: u32) -> (Vec<Endpoint>, Vec<Endpoint>) {
        let create = |id: u32| self.factory.create(ShardId(id.into()));
        let outlets: Vec<_> = (0..senders).map(create).collect();
        let inlets: Vec<_> = (senders..senders + receivers).map(create).collect();
        for from in &outlets {
            for to in &inlets {
                self.factory.connect(from.local_shard(), to.local_shard());
            }
        }
        self.put_faults();
        (outlets, inlets)
    }

    /// Two shards with a link each way.
    pub(super) fn two(&self) -> [Endpoint; 2] {
        let pair = [0, 1].map(|id| self.factory.create(ShardId(id)));
        self.factory.connect(ShardId(0), ShardId(1));
        self.factory.connect(ShardId(1), ShardId(0));
        self.put_faults();
        pair
    }

    fn put_faults(&self) {
        for name in &self.faults {
            faults::put(name, &self.factory.mesh().all());
        }
    }
}

impl Design for Inherent {
    type Outlet = Sends;
    type Inlet = Endpoint;

    fn fan(&self, senders: u32, receivers: u32) -> (Vec<Sends>, Vec<Endpoint>) {
        let (outlets, inlets) = self.endpoints(senders, receivers);
        let first = senders.into();
        let outlets = outlets
            .into_iter()
            .map(|endpoint| Sends { endpoint, first });
        (outlets.collect(), inlets)
    }

    fn pair(&self) -> [(Sends, Endpoint); 2] {
        let [left, right] = self.two();
        let sends = |endpoint: &Endpoint, first| Sends {
            endpoint: endpoint.clone(),
            first,
        };
        [(sends(&left, 1), left), (sends(&right, 0), right)]
    }
}

/// The endpoint of a shard that sends.
pub(crate) struct Sends {
    endpoint: Endpoint,
    /// The id of the first receiver.
    first: u64,
}

impl Outlet for Sends {
    type Error = TransportError;

    fn send(
        &self,
        to: u32,
        segment: Segment,
    ) -> impl Future<Output = Result<(), TransportError>> + Send {
        self.endpoint
            .send_segment(ShardId(self.first + u64::from(to)), segment)
    }
}

impl Inlet for Endpoint {
    fn receive(&mut self) -> impl Future<Output = Option<Segment>> + Send {
        self.recv_segment()
    }
}
