use std::task::{Context, Poll};

use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::{CAPACITY, Design, Inlet, Outlet, Segment};

/// The baseline: a raw bounded tokio channel per pair of shards, its sender held by the task.
///
/// It has no names of shards, no wiring at run time, no counts and no log: what is left is the
/// least that a design made of tokio's channels can cost.
pub(crate) struct TokioMpsc;

impl Design for TokioMpsc {
    type Outlet = Senders;
    type Inlet = Receivers;

    fn fan(&self, senders: u32, receivers: u32) -> (Vec<Senders>, Vec<Receivers>) {
        let mut inlets: Vec<_> = (0..receivers).map(|_| Receivers::default()).collect();
        let outlets = (0..senders)
            .map(|_| Senders(inlets.iter_mut().map(Receivers::link).collect()))
            .collect();
        (outlets, inlets)
    }

    fn pair(&self) -> [(Senders, Receivers); 2] {
        let (mut left, mut right) = (Receivers::default(), Receivers::default());
        let to_left = Senders(vec![left.link()]);
        let to_right = Senders(vec![right.link()]);
        [(to_right, left), (to_left, right)]
    }
}

/// One sender per peer.
pub(crate) struct Senders(Vec<Sender<Segment>>);

impl Outlet for Senders {
    type Error = SendError<Segment>;

    fn send(
        &self,
        to: u32,
        segment: Segment,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.0[to as usize].send(segment)
    }
}

/// One receiver per peer, polled in turn.
#[derive(Default)]
pub(crate) struct Receivers {
    channels: Vec<Receiver<Segment>>,
    /// Where the next poll begins, so that no peer is starved.
    next: usize,
}

impl Receivers {
    fn link(&mut self) -> Sender<Segment> {
        let (sender, receiver) = channel(CAPACITY);
        self.channels.push(receiver);
        sender
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Segment>> {
        if let [only] = &mut self.channels[..] {
            return only.poll_recv(cx);
        }
        for _ in 0..self.channels.len() {
            if self.next >= self.channels.len() {
                self.next = 0;
            }
            match self.channels[self.next].poll_recv(cx) {
                // Its sender is gone; the next channel takes its place.
                Poll::Ready(None) => drop(self.channels.remove(self.next)),
                Poll::Pending => self.next += 1,
                received @ Poll::Ready(Some(_)) => {
                    self.next += 1;
                    return received;
                }
            }
        }
        if self.channels.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}

impl Inlet for Receivers {
    fn receive(&mut self) -> impl Future<Output = Option<Segment>> + Send {
        std::future::poll_fn(|cx| self.poll_receive(cx))
    }
}
