//! Waiting until the mesh has come to rest.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::line::{Line, Ticket, Tickets};
use crate::network::Network;
use crate::observer::Observer;
use crate::sync::{Mutex, lock};

/// The tasks that wait for the mesh to settle.
pub(crate) struct Settlers(Mutex<(Line, Tickets)>);

impl Settlers {
    pub(crate) fn new() -> Self {
        Self(Mutex::new((Line::default(), Tickets::default())))
    }

    pub(crate) fn is_empty(&self) -> bool {
        !lock(&self.0).0.has_sleepers()
    }

    /// Since when each waits, in milliseconds of the test's clock.
    pub(crate) fn since(&self) -> Vec<u64> {
        lock(&self.0).0.since().collect()
    }

    /// All who wait, to be woken because the mesh has settled.
    pub(crate) fn settled(&self) -> Vec<Waker> {
        lock(&self.0).0.wake_all().collect()
    }
}

/// Completes when nothing is on its way in `network` and no task can run.
pub(crate) async fn settle<P>(network: &Network<P>) {
    if let Some(observer) = network.observer().filter(|observer| observer.tells_idle()) {
        let settlers = &network.settlers;
        return Settle {
            settlers,
            observer,
            ticket: None,
        }
        .await;
    }
    // Nobody tells when tasks are idle. On a paused clock a timer fires only then; on the real
    // one, a millisecond without a move of the mesh is as near as can be known.
    loop {
        let before = network.moves();
        tokio::time::sleep(Duration::from_millis(1)).await;
        if network.is_quiet() && network.moves() == before {
            return;
        }
    }
}

/// Completes after [`Settlers::settled`] was called.
struct Settle<'a> {
    settlers: &'a Settlers,
    observer: &'a Observer,
    ticket: Option<Ticket>,
}

impl Future for Settle<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let (line, tickets) = &mut *lock(&this.settlers.0);
        if line.was_woken(this.ticket) {
            line.leave(&mut this.ticket);
            return Poll::Ready(());
        }
        line.wait(&mut this.ticket, cx.waker(), tickets, this.observer.now());
        Poll::Pending
    }
}

impl Drop for Settle<'_> {
    fn drop(&mut self) {
        lock(&self.settlers.0).0.leave(&mut self.ticket);
    }
}
