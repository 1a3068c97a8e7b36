use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::{CAPACITY, Design, Inlet, Outlet, Segment};

/// One raw bounded tokio channel per receiver, whose sender all peers clone.
///
/// It is less than a link per pair: the peers share one capacity, and a receiver cannot tell who
/// sent. It is shown because it is what one writes when that does not matter.
pub(crate) struct SharedChannel;

impl Design for SharedChannel {
    type Outlet = Vec<Sender<Segment>>;
    type Inlet = Receiver<Segment>;

    fn fan(&self, senders: u32, receivers: u32) -> (Vec<Self::Outlet>, Vec<Self::Inlet>) {
        let (peers, inlets): (Vec<_>, _) = (0..receivers).map(|_| channel(CAPACITY)).unzip();
        (vec![peers; senders as usize], inlets)
    }

    fn pair(&self) -> [(Self::Outlet, Self::Inlet); 2] {
        let (to_left, left) = channel(CAPACITY);
        let (to_right, right) = channel(CAPACITY);
        [(vec![to_right], left), (vec![to_left], right)]
    }
}

impl Outlet for Vec<Sender<Segment>> {
    type Error = SendError<Segment>;

    fn send(
        &self,
        to: u32,
        segment: Segment,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self[to as usize].send(segment)
    }
}

impl Inlet for Receiver<Segment> {
    fn receive(&mut self) -> impl Future<Output = Option<Segment>> + Send {
        self.recv()
    }
}
