use shard_mesh::{InProcessTransportFactory, Links};

use crate::designs::{Design, Inherent, Segment};

/// shard-mesh with faults on every link from the start, as the attribute puts them there.
pub(super) struct Faulty {
    pub(super) factory: InProcessTransportFactory,
    pub(super) faults: fn(&Links<Segment>),
}

impl Faulty {
    /// What `wire` makes of the factory, its links then faulty.
    fn wired<T>(&self, wire: impl FnOnce(&Inherent) -> T) -> T {
        let wired = wire(&Inherent(self.factory.clone()));
        (self.faults)(&self.factory.mesh().all());
        wired
    }
}

impl Design for Faulty {
    type Outlet = <Inherent as Design>::Outlet;
    type Inlet = <Inherent as Design>::Inlet;

    fn fan(&self, senders: u32, receivers: u32) -> (Vec<Self::Outlet>, Vec<Self::Inlet>) {
        self.wired(|mesh| mesh.fan(senders, receivers))
    }

    fn pair(&self) -> [(Self::Outlet, Self::Inlet); 2] {
        self.wired(Inherent::pair)
    }
}
