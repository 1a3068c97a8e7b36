//! Waiting until the mesh has come to rest.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::network::links::wait_queue::{Sleeper, Ticket};
use crate::network::links::wake_list::WakeList;
use crate::network::network::Network;
use crate::sync::lock;

/// Completes when nothing is on its way in `network` and no task can run.
pub(crate) async fn settle<P>(network: &Network<P>) {
    let mut settle = Settle {
        network,
        ticket: None,
    };
    if network.context.tells_idle() {
        return settle.await;
    }
    // Nobody tells when tasks are idle. On a paused clock a timer fires only then; on the real
    // one, a millisecond without a move of the mesh is as near as can be known. The place in the
    // line is for the reports.
    settle.wait(Waker::noop());
    loop {
        let before = network.moves();
        tokio::time::sleep(Duration::from_millis(1)).await;
        if network.is_quiet() && network.moves() == before {
            return;
        }
    }
}

/// A place among those who wait. Completes when it was woken and nobody before it has moved the
/// mesh again.
struct Settle<'a, P> {
    network: &'a Network<P>,
    ticket: Option<Ticket>,
}

impl<P> Settle<'_, P> {
    fn was_woken(&self) -> bool {
        lock(&self.network.settlers.0).0.was_woken(self.ticket)
    }

    fn wait(&mut self, waker: &Waker) {
        let mut to_wake = WakeList::<()>::new();
        let now = self.network.context.time();
        let mut sleeper = Sleeper::new(waker);
        sleeper.prepare();
        let (line, tickets) = &mut *lock(&self.network.settlers.0);
        let _sleeps = line.wait(&mut self.ticket, &mut sleeper, tickets, now, &mut to_wake);
    }
}

impl<P> Future for Settle<'_, P> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.was_woken() && this.network.is_quiet() {
            return Poll::Ready(());
        }
        this.wait(cx.waker());
        Poll::Pending
    }
}

impl<P> Drop for Settle<'_, P> {
    fn drop(&mut self) {
        let mut to_wake = WakeList::<()>::new();
        lock(&self.network.settlers.0)
            .0
            .leave(&mut self.ticket, &mut to_wake);
    }
}
