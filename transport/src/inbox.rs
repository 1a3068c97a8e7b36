//! Everything that leads to one shard, in two halves with a lock each, so that those who send and
//! those who receive seldom meet.
//!
//! Senders put segments into [`Arrivals`]. Receivers take from [`Ready`], and when that is empty
//! they swap the two queues: one meeting per batch. What one half knows of the other is a hint
//! that errs to the safe side: senders know how many were received up to some moment, so a link
//! may look fuller than it is, and receivers know whether a sender may be asleep. Whoever finds the
//! link full, or is about to sleep, takes both locks and looks at the truth.
//!
//! Locks are taken in the order `ready`, `arrivals`. Wakers run, and payloads are dropped, when
//! both are released.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::{Poll, Waker};

use crate::arrivals::{Arrivals, Arrived, LinkView, Refused, Sender};
use crate::line::Ticket;
use crate::log::{Log, Record};
use crate::observer::Observer;
use crate::sync::{Mutex, MutexGuard, lock};
use crate::{ShardId, TransportError, TryRecvError};

/// After so many receives in a row a receiver lets other tasks run, once.
const RECEIVES_PER_YIELD: u32 = 1024;

/// One shard: what of it outlives its endpoint.
pub(crate) struct Shard<P> {
    pub(crate) key: Sender,
    /// The shard's logical time, for the log.
    clock: AtomicU64,
    ready: Mutex<Ready<P>>,
    arrivals: Mutex<Arrivals<P>>,
}

/// The half of an inbox that receivers touch.
struct Ready<P> {
    queue: VecDeque<Arrived<P>>,
    /// By index of the link; grows when the queues are swapped.
    links: Vec<Taken>,
    receives: u32,
    log: Log,
}

/// What receivers know of one link.
#[derive(Clone, Copy)]
struct Taken {
    from: ShardId,
    /// The number of the segment that was received last, counting those that were dropped.
    number: u64,
    received: u64,
    /// Set when a sender goes to sleep; cleared when the last was woken.
    wanted: bool,
}

/// A received segment, who sent it, and who is to be woken because there is room again.
type Received<P> = (ShardId, P, Option<Waker>);

impl<P> Shard<P> {
    pub(crate) fn new(key: Sender, capacity: usize) -> Self {
        Self {
            key,
            clock: AtomicU64::new(0),
            ready: Mutex::new(Ready {
                queue: VecDeque::new(),
                links: Vec::new(),
                receives: 0,
                log: Log::default(),
            }),
            arrivals: Mutex::new(Arrivals::new(capacity)),
        }
    }

    fn both(&self) -> (MutexGuard<'_, Ready<P>>, MutexGuard<'_, Arrivals<P>>) {
        let ready = lock(&self.ready);
        let arrivals = lock(&self.arrivals);
        (ready, arrivals)
    }

    // --- links ---

    pub(crate) fn open(&self, from: &Self) {
        lock(&self.arrivals).open(from.key.index);
    }

    pub(crate) fn close(&self, from: &Self) -> Vec<Waker> {
        lock(&self.arrivals).close(from.key.index)
    }

    /// Gives the shard a fresh endpoint, to which no link leads yet; `false` if it has one.
    pub(crate) fn revive(&self) -> bool {
        let mut arrivals = lock(&self.arrivals);
        if arrivals.alive {
            return false;
        }
        arrivals.alive = true;
        arrivals.close_all();
        true
    }

    /// The endpoint is gone. Returns what nobody will receive now, and who is to be woken.
    pub(crate) fn abandon(&self) -> (Vec<Arrived<P>>, Vec<Waker>) {
        let (mut ready, mut arrivals) = self.both();
        ready.tell_all(&mut arrivals);
        arrivals.alive = false;
        let mut lost = Vec::from(std::mem::take(&mut ready.queue));
        lost.extend(arrivals.queue.drain(..));
        for segment in &lost {
            arrivals.links[segment.link as usize].dropped += 1;
        }
        ready.learn(&arrivals);
        for (taken, link) in ready.links.iter_mut().zip(&arrivals.links) {
            taken.number = link.sent;
        }
        let woken = arrivals
            .links
            .iter_mut()
            .flat_map(|link| link.senders.wake_all())
            .collect();
        (lost, woken)
    }

    // --- sending ---

    /// Puts `payload` on the link from `from` if there is room for the holder of `ticket`.
    /// Without room this is `Pending`, and sleeps if there is a `waker`.
    pub(crate) fn send(
        &self,
        from: &Self,
        payload: &mut Option<P>,
        ticket: &mut Option<Ticket>,
        waker: Option<&Waker>,
        observer: Option<&Arc<Observer>>,
    ) -> Poll<Result<Option<Waker>, TransportError>> {
        let mut arrivals = lock(&self.arrivals);
        let mut admitted = arrivals.admit(from.key, self.key.id, ticket);
        if let Err(Refused::Full(link)) = admitted {
            drop(arrivals);
            let (mut ready, both) = self.both();
            arrivals = both;
            ready.tell(&mut arrivals, link);
            admitted = arrivals.admit(from.key, self.key.id, ticket);
            if let (Err(Refused::Full(_)), Some(waker)) = (&admitted, waker) {
                let arrivals = &mut *arrivals;
                let senders = &mut arrivals.links[link].senders;
                senders.wait(ticket, waker, &mut arrivals.tickets, now(observer));
                ready.learn(arrivals);
                ready.links[link].wanted = true;
            }
        }
        match admitted {
            Err(Refused::Full(_)) => Poll::Pending,
            Err(Refused::Error(error)) => Poll::Ready(Err(error)),
            Ok(link) => {
                let payload = payload
                    .take()
                    .expect("a future is not polled once it is ready");
                let tick = match observer {
                    None => 0,
                    Some(observer) => from.log_sent(&mut arrivals, link, observer),
                };
                Poll::Ready(Ok(arrivals.push(link, tick, payload)))
            }
        }
    }

    /// Takes a sender that goes without having sent out of the line. Returns who is to be woken.
    pub(crate) fn forget_sender(&self, from: &Self, ticket: &mut Option<Ticket>) -> Option<Waker> {
        lock(&self.arrivals)
            .used_link(from.key.index)?
            .senders
            .give_up(ticket)
    }

    /// Logs the segment that is about to be pushed, at the sender `self`.
    fn log_sent(&self, arrivals: &mut Arrivals<P>, link: usize, observer: &Observer) -> u64 {
        let tick = observer.tick(&self.clock, 0);
        arrivals.log.push(Record {
            at: observer.now(),
            tick,
            from: self.key.id,
            segment: arrivals.links[link].sent + 1,
        });
        tick
    }

    // --- receiving ---

    /// Takes what arrived first, for the holder of `ticket`; without anything there, sleeps.
    pub(crate) fn poll_receive(
        &self,
        ticket: &mut Option<Ticket>,
        waker: &Waker,
        observer: Option<&Arc<Observer>>,
    ) -> Poll<Option<Received<P>>> {
        let mut ready = lock(&self.ready);
        if ready.should_yield() {
            drop(ready);
            waker.wake_by_ref();
            return Poll::Pending;
        }
        // One that waited leaves the line, which is in the other half.
        if ticket.is_none() && !ready.queue.is_empty() {
            return Poll::Ready(self.take(&mut ready, observer));
        }
        let mut arrivals = lock(&self.arrivals);
        ready.swap(&mut arrivals, observer);
        if ready.queue.is_empty() && arrivals.open_links > 0 {
            let arrivals = &mut *arrivals;
            let tickets = &mut arrivals.tickets;
            arrivals
                .receivers
                .wait(ticket, waker, tickets, now(observer));
            return Poll::Pending;
        }
        arrivals.receivers.leave(ticket);
        drop(arrivals);
        Poll::Ready(self.take(&mut ready, observer))
    }

    /// Takes what arrived first.
    pub(crate) fn try_receive(
        &self,
        observer: Option<&Arc<Observer>>,
    ) -> Result<Received<P>, TryRecvError> {
        let mut ready = lock(&self.ready);
        if ready.queue.is_empty() {
            let mut arrivals = lock(&self.arrivals);
            ready.swap(&mut arrivals, observer);
            if ready.queue.is_empty() {
                return Err(match arrivals.open_links {
                    0 => TryRecvError::Closed,
                    _ => TryRecvError::Empty,
                });
            }
        }
        self.take(&mut ready, observer).ok_or(TryRecvError::Empty)
    }

    /// Takes a receiver that goes without a segment out of the line. Returns who is to be woken.
    pub(crate) fn forget_receiver(&self, ticket: &mut Option<Ticket>) -> Option<Waker> {
        lock(&self.arrivals).receivers.give_up(ticket)
    }

    /// Takes the first segment that is ready.
    fn take(
        &self,
        ready: &mut MutexGuard<'_, Ready<P>>,
        observer: Option<&Arc<Observer>>,
    ) -> Option<Received<P>> {
        let Arrived {
            link,
            tick,
            payload,
        } = ready.queue.pop_front()?;
        let index = link as usize;
        let ready = &mut **ready;
        let link = &mut ready.links[index];
        link.number += 1;
        link.received += 1;
        if let Some(observer) = observer {
            ready.log.push(Record {
                at: observer.now(),
                tick: observer.tick(&self.clock, tick),
                from: link.from,
                segment: link.number,
            });
        }
        let woken = link.wanted.then(|| {
            let senders = &mut lock(&self.arrivals).links[index].senders;
            let woken = senders.wake();
            link.wanted = senders.has_sleepers();
            woken
        });
        Some((link.from, payload, woken.flatten()))
    }

    // --- looking ---

    /// Whether nothing is on its way to this shard or waits to be received.
    pub(crate) fn is_quiet(&self) -> bool {
        let (ready, arrivals) = self.both();
        ready.queue.is_empty() && arrivals.queue.is_empty()
    }

    /// Since when each task that waits for a segment does, in milliseconds of the test's clock.
    pub(crate) fn receivers(&self) -> Vec<u64> {
        lock(&self.arrivals).receivers.since().collect()
    }

    /// All links that lead or led here, in the order in which their senders were created.
    pub(crate) fn links(&self) -> Vec<LinkView> {
        let (ready, mut arrivals) = self.both();
        ready.tell_all(&mut arrivals);
        arrivals.views().collect()
    }

    /// The newest segments sent to this shard, in no particular order.
    pub(crate) fn sent(&self) -> Vec<Record> {
        lock(&self.arrivals).log.records().to_vec()
    }

    /// The newest segments received by this shard, in no particular order.
    pub(crate) fn received(&self) -> Vec<Record> {
        lock(&self.ready).log.records().to_vec()
    }
}

/// The test's clock. Without an observer there is nobody to ask for it.
fn now(observer: Option<&Arc<Observer>>) -> u64 {
    observer.map_or(0, |observer| observer.now())
}

impl<P> Ready<P> {
    /// Whether a receiver should let other tasks run before it goes on: receivers that find
    /// something whenever they look would starve the rest of a runtime of one thread.
    fn should_yield(&mut self) -> bool {
        self.receives += 1;
        if self.receives < RECEIVES_PER_YIELD {
            return false;
        }
        self.receives = 0;
        true
    }

    /// Takes over what has arrived, once everything else was taken.
    fn swap(&mut self, arrivals: &mut Arrivals<P>, observer: Option<&Arc<Observer>>) {
        if self.queue.is_empty() && !arrivals.queue.is_empty() {
            std::mem::swap(&mut self.queue, &mut arrivals.queue);
            self.learn(arrivals);
            if let Some(observer) = observer {
                observer.batch();
            }
        }
    }

    /// Learns of links that were not used before.
    fn learn(&mut self, arrivals: &Arrivals<P>) {
        let known = self.links.len();
        self.links
            .extend(arrivals.links[known..].iter().map(|link| Taken {
                from: link.from.id,
                number: 0,
                received: 0,
                wanted: false,
            }));
    }

    /// Tells the senders' half how many were received on one link.
    fn tell(&self, arrivals: &mut Arrivals<P>, link: usize) {
        if let Some(taken) = self.links.get(link) {
            arrivals.links[link].received = taken.received;
        }
    }

    fn tell_all(&self, arrivals: &mut Arrivals<P>) {
        for link in 0..self.links.len() {
            self.tell(arrivals, link);
        }
    }
}
