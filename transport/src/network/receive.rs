//! A receive, from the queue of arrivals to the receiver.

use std::sync::atomic::Ordering;
use std::task::Waker;

use crate::contract::shard_id::ShardId;
use crate::network::arrivals::Arrived;
use crate::network::context::Context;
use crate::network::ready::{PATIENCE, Ready};
use crate::network::shard::Shard;
use crate::network::wait_queue::Ticket;
use crate::network::wake_list::WakeList;
use crate::sync::lock;
use crate::trace::record::Kind;

/// What a receiver found.
pub(crate) enum Receive<P> {
    /// A segment, and who sent it.
    Segment(ShardId, P),
    /// No open link, and nothing on its way.
    Closed,
    /// Nothing yet; the next segment is due at this moment, in milliseconds of the mesh's clock.
    Nothing(Option<u64>),
    /// Something may be there, but others are to run first.
    Yield,
}

impl<P> Shard<P> {
    /// Takes what arrived first, for the holder of `ticket`; without anything there, sleeps if
    /// there is a `waker`.
    pub(crate) fn receive(
        &self,
        life: u64,
        ticket: &mut Option<Ticket>,
        waker: Option<&Waker>,
        context: &Context<P>,
    ) -> Receive<P> {
        let mut to_wake = WakeList::new();
        if let Some(waker) = waker {
            if ticket.is_none() && self.sleeps_at_once(life, ticket, waker, context, &mut to_wake) {
                return Receive::Nothing(None);
            }
        }
        let mut ready = lock(&self.ready);
        if waker.is_some() && ready.should_yield() {
            return Receive::Yield;
        }
        // One that waited leaves the line, which is in the other half.
        if ticket.is_none() && !ready.paused && self.life() == life {
            if let Some(arrived) = ready.queue.pop_front() {
                return self.take(&mut ready, arrived, &mut to_wake);
            }
        }
        let mut arrivals = lock(&self.arrivals);
        if self.life() != life {
            arrivals.receivers.leave(ticket, &mut to_wake);
            return Receive::Closed;
        }
        if !arrivals.paused {
            ready.swap(&mut arrivals, context, &mut to_wake);
            self.stocked
                .store(!ready.queue.is_empty(), Ordering::Relaxed);
            if let Some(arrived) = ready.queue.pop_front() {
                arrivals.receivers.leave(ticket, &mut to_wake);
                drop(arrivals);
                return self.take(&mut ready, arrived, &mut to_wake);
            }
            if arrivals.open_links == 0 && !arrivals.expects() {
                arrivals.receivers.leave(ticket, &mut to_wake);
                return Receive::Closed;
            }
        }
        let arrivals = &mut *arrivals;
        if let Some(waker) = waker {
            let tickets = &mut arrivals.tickets;
            arrivals
                .receivers
                .wait(ticket, waker, tickets, context.stamp(), &mut to_wake);
        }
        if arrivals.paused {
            return Receive::Nothing(None);
        }
        let impatient = !context.tells_idle();
        let overtaken = arrivals.first_overtaken().filter(|_| impatient);
        let patience = overtaken.map(|since| since + PATIENCE);
        Receive::Nothing(arrivals.next_due().into_iter().chain(patience).min())
    }

    /// Puts a receiver to sleep without a look at what is ready, if it is known that nothing is, and
    /// nothing is on its way: as most often, where one shard waits for the other.
    #[inline]
    fn sleeps_at_once(
        &self,
        life: u64,
        ticket: &mut Option<Ticket>,
        waker: &Waker,
        context: &Context<P>,
        to_wake: &mut WakeList<P>,
    ) -> bool {
        if self.stocked.load(Ordering::Relaxed) {
            return false;
        }
        let arrivals = &mut *lock(&self.arrivals);
        let sleeps = arrivals.queue.is_empty()
            && arrivals.is_calm()
            && arrivals.open_links > 0
            && !self.stocked.load(Ordering::Relaxed)
            && self.life() == life;
        if sleeps {
            let tickets = &mut arrivals.tickets;
            arrivals
                .receivers
                .wait(ticket, waker, tickets, context.stamp(), to_wake);
        }
        sleeps
    }

    /// Takes a receiver that goes without a segment out of the line.
    pub(crate) fn forget_receiver(&self, ticket: &mut Option<Ticket>) {
        let mut to_wake = WakeList::<P>::new();
        lock(&self.arrivals).receivers.give_up(ticket, &mut to_wake);
    }

    /// Hands out a segment that was ready.
    #[allow(
        clippy::inline_always,
        reason = "a call would copy the payload once more"
    )]
    #[inline(always)]
    fn take(
        &self,
        ready: &mut Ready<P>,
        Arrived { link, flight }: Arrived<P>,
        to_wake: &mut WakeList<P>,
    ) -> Receive<P> {
        if ready.queue.is_empty() {
            self.stocked.store(false, Ordering::Relaxed);
        }
        let index = link as usize;
        let link = &mut ready.links[index];
        let received = (Kind::Received, link.from, flight.number);
        ready.log.note(&self.clock, flight.tick, received);
        if flight.copy {
            link.copies += 1;
        } else {
            link.received += 1;
            if link.wanted {
                let senders = &mut lock(&self.arrivals).links[index].senders;
                senders.wake(to_wake);
                link.wanted = senders.has_sleepers();
            }
        }
        Receive::Segment(link.from.id, flight.payload)
    }
}
