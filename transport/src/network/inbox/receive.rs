//! A receive, from the queue of arrivals to the receiver.

use std::sync::atomic::Ordering;

use crate::contract::shard_id::ShardId;
use crate::network::inbox::arrivals::Arrived;
use crate::network::inbox::context::Context;
use crate::network::inbox::ready::{PATIENCE, Ready};
use crate::network::inbox::shard::Shard;
use crate::network::links::wait_queue::{Sleeper, Ticket};
use crate::network::links::wake_list::WakeList;
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
}

impl<P> Shard<P> {
    /// Takes what arrived first, for the holder of `ticket`; without anything there, sleeps if
    /// there is a `sleeper`.
    pub(crate) fn receive(
        &self,
        life: u64,
        ticket: &mut Option<Ticket>,
        mut sleeper: Option<&mut Sleeper<'_>>,
        context: &Context<P>,
    ) -> Receive<P> {
        let mut to_wake = WakeList::new();
        if let Some(sleeper) = sleeper.as_deref_mut() {
            if ticket.is_none() && self.sleeps_at_once(life, ticket, sleeper, context, &mut to_wake)
            {
                return Receive::Nothing(None);
            }
        }
        loop {
            let asleep = sleeper.as_deref_mut();
            let received = self.receive_or_wait(life, ticket, asleep, context, &mut to_wake);
            if let Some(received) = received {
                return received;
            }
            if let Some(sleeper) = &mut sleeper {
                sleeper.prepare();
            }
        }
    }

    /// The same, where it cannot sleep at once; `None` if the sleeper is to be prepared first.
    fn receive_or_wait(
        &self,
        life: u64,
        ticket: &mut Option<Ticket>,
        sleeper: Option<&mut Sleeper<'_>>,
        context: &Context<P>,
        to_wake: &mut WakeList<P>,
    ) -> Option<Receive<P>> {
        let mut ready = lock(&self.ready);
        // One that waited leaves the line, which is in the other half.
        if ticket.is_none() && !ready.paused && self.life() == life {
            if let Some(arrived) = ready.queue.pop_front() {
                return Some(self.take(&mut ready, arrived, to_wake));
            }
        }
        let mut arrivals = lock(&self.arrivals);
        if self.life() != life {
            arrivals.receivers.leave(ticket, to_wake);
            return Some(Receive::Closed);
        }
        if !arrivals.paused {
            ready.swap(&mut arrivals, context, to_wake);
            self.stocked
                .store(!ready.queue.is_empty(), Ordering::Relaxed);
            if let Some(arrived) = ready.queue.pop_front() {
                arrivals.receivers.leave(ticket, to_wake);
                drop(arrivals);
                return Some(self.take(&mut ready, arrived, to_wake));
            }
            if arrivals.open_links == 0 && !arrivals.expects() {
                arrivals.receivers.leave(ticket, to_wake);
                return Some(Receive::Closed);
            }
        }
        let arrivals = &mut *arrivals;
        if let Some(sleeper) = sleeper {
            let (receivers, tickets) = (&mut arrivals.receivers, &mut arrivals.tickets);
            if !receivers.wait(ticket, sleeper, tickets, context.stamp(), to_wake) {
                return None;
            }
        }
        if arrivals.paused {
            return Some(Receive::Nothing(None));
        }
        let impatient = !context.tells_idle();
        let overtaken = arrivals.first_overtaken().filter(|_| impatient);
        let patience = overtaken.map(|since| since + PATIENCE);
        let due = arrivals.next_due().into_iter().chain(patience).min();
        Some(Receive::Nothing(due))
    }

    /// Puts a receiver to sleep without a look at what is ready, if it is known that nothing is, and
    /// nothing is on its way: as most often, where one shard waits for the other.
    #[inline]
    fn sleeps_at_once(
        &self,
        life: u64,
        ticket: &mut Option<Ticket>,
        sleeper: &mut Sleeper<'_>,
        context: &Context<P>,
        to_wake: &mut WakeList<P>,
    ) -> bool {
        if self.stocked.load(Ordering::Relaxed) {
            return false;
        }
        sleeper.prepare();
        let arrivals = &mut *lock(&self.arrivals);
        let (receivers, tickets) = (&mut arrivals.receivers, &mut arrivals.tickets);
        arrivals.queue.is_empty()
            && arrivals.due_queue.is_empty()
            && arrivals.overtaken == 0
            && arrivals.open_links > 0
            && !self.stocked.load(Ordering::Relaxed)
            && self.life() == life
            && receivers.wait(ticket, sleeper, tickets, context.stamp(), to_wake)
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
                let full = &mut lock(&self.arrivals).links[index];
                full.make_room(to_wake);
                link.wanted = full.senders.has_sleepers();
            }
        }
        Receive::Segment(link.from.id, flight.payload)
    }
}
