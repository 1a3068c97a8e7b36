//! A send, from the line to the queue of arrivals.

use std::sync::Arc;
use std::task::{Poll, Waker};

use crate::TransportError;
use crate::aftermath::Aftermath;
use crate::arrivals::{Arrivals, Refused};
use crate::inbox::{Shard, now};
use crate::latency::millis;
use crate::line::Ticket;
use crate::log::{EventKind, Record};
use crate::network::Network;
use crate::observer::Observer;
use crate::random::Die;
use crate::rule::{Message, Rules, Verdict};
use crate::sync::{MutexGuard, lock};
use crate::wire::{Flight, Passage};

impl<P> Shard<P> {
    /// Puts `payload` on the link from `from`, in its life `life`, if there is room for the holder
    /// of `ticket`. Without room this is `Pending`, and sleeps if there is a `waker`.
    pub(crate) fn send(
        &self,
        (from, life): (&Self, u64),
        payload: &mut Option<P>,
        ticket: &mut Option<Ticket>,
        waker: Option<&Waker>,
        network: &Network<P>,
    ) -> Poll<Result<(), TransportError>> {
        let mut after = Aftermath::new();
        // Held to the end, so that segments travel in the order of their numbers.
        let rules = network.rules.lock_if_any();
        let observer = network.observer();
        let crashed = from.life() != life;
        let mut arrivals = lock(&self.arrivals);
        let mut admitted = arrivals.admit(from.key, self.key.id, crashed, ticket, &mut after);
        if let Err(Refused::Full(link)) = admitted {
            drop(arrivals);
            let (mut ready, both) = self.both();
            arrivals = both;
            ready.learn(&arrivals);
            ready.tell(&mut arrivals, link);
            admitted = arrivals.admit(from.key, self.key.id, crashed, ticket, &mut after);
            if let (Err(Refused::Full(_)), Some(waker)) = (&admitted, waker) {
                let arrivals = &mut *arrivals;
                let senders = &mut arrivals.links[link].senders;
                let tickets = &mut arrivals.tickets;
                senders.wait(ticket, waker, tickets, now(observer), &mut after);
                ready.links[link].wanted = true;
            }
        }
        let link = match admitted {
            Err(Refused::Full(_)) => return Poll::Pending,
            Err(Refused::Error(error)) => return Poll::Ready(Err(error)),
            Ok(link) => link,
        };
        let payload = payload
            .take()
            .expect("a future is not polled once it is ready");
        if rules.is_none() && arrivals.is_plain(link) {
            let flight = from.depart(&mut arrivals, link, payload, observer);
            arrivals.enqueue(link, flight, &mut after);
        } else {
            let sent = (link, payload);
            self.send_faulty(from, arrivals, rules, sent, network, &mut after);
        }
        Poll::Ready(Ok(()))
    }

    /// Counts, numbers and logs a segment that the sender `self` sends.
    #[allow(
        clippy::inline_always,
        reason = "a call would copy the payload once more"
    )]
    #[inline(always)]
    fn depart(
        &self,
        arrivals: &mut Arrivals<P>,
        link: usize,
        payload: P,
        observer: Option<&Arc<Observer>>,
    ) -> Flight<P> {
        let number = arrivals.depart(link);
        Flight {
            number,
            tick: observer.map_or(0, |observer| self.log_sent(arrivals, number, observer)),
            copy: false,
            payload,
        }
    }

    /// Sends over a link for which there are rules or faults.
    fn send_faulty<'a>(
        &'a self,
        from: &Self,
        mut arrivals: MutexGuard<'a, Arrivals<P>>,
        rules: Option<MutexGuard<'_, Rules<P>>>,
        (link, mut payload): (usize, P),
        network: &Network<P>,
        after: &mut Aftermath<P>,
    ) {
        let sender = from;
        let (from, to) = (from.key.id, self.key.id);
        let lives = (sender.life(), self.life());
        let verdict = match rules {
            None => (Verdict::Pass, 0),
            Some(mut rules) => {
                let number = arrivals.links[link].sent + 1;
                // A rule is the test's code, and runs without the inbox locked.
                drop(arrivals);
                let verdict = rules.judge(Message::new(from, to, number, &mut payload));
                arrivals = lock(&self.arrivals);
                verdict
            }
        };
        let flight = sender.depart(&mut arrivals, link, payload, network.observer());
        let (number, tick) = (flight.number, flight.tick);
        let now = network.time();
        // What is due has arrived, though nobody has looked yet: it comes before this one.
        arrivals.mature(now, after);
        let mut events = Vec::new();
        // A rule may have crashed either end.
        if arrivals.is_alive() && lives == (sender.life(), self.life()) {
            let chance = (Die::new(network.seed(), from, to, number), now);
            carry_out(
                verdict,
                &mut arrivals,
                (link, flight),
                chance,
                after,
                &mut events,
            );
        } else {
            arrivals.swallow_at_the_dead(link, flight, after, &mut events);
            if let (Verdict::Duplicate(copy), _) = verdict {
                after.lose(copy);
            }
        }
        if let Some(observer) = network.observer() {
            for kind in events {
                arrivals.log.push(Record {
                    at: observer.now(),
                    tick,
                    kind,
                    from,
                    segment: number,
                });
            }
        }
    }

    /// Takes a sender that goes without having sent out of the line.
    pub(crate) fn forget_sender(&self, from: &Self, ticket: &mut Option<Ticket>) {
        let mut after = Aftermath::<P>::new();
        if let Some(link) = lock(&self.arrivals).used_link(from.key.index) {
            link.senders.give_up(ticket, &mut after);
        }
    }

    /// Logs the segment `number` that the sender `self` is about to send.
    fn log_sent(&self, arrivals: &mut Arrivals<P>, number: u64, observer: &Observer) -> u64 {
        let tick = observer.tick(&self.clock, 0);
        arrivals.log.push(Record {
            at: observer.now(),
            tick,
            kind: EventKind::Sent,
            from: self.key.id,
            segment: number,
        });
        tick
    }
}

/// Does with a segment what the rules say.
fn carry_out<P>(
    (verdict, rule): (Verdict<P>, u64),
    arrivals: &mut Arrivals<P>,
    (link, flight): (usize, Flight<P>),
    chance: (Die, u64),
    after: &mut Aftermath<P>,
    events: &mut Vec<EventKind>,
) {
    let (_, now) = chance;
    match verdict {
        // Sent without room, because the link is cut.
        Verdict::Deliver | Verdict::Hold if arrivals.is_over_full(link) => {
            arrivals.pass(link, flight, None, chance, after, events);
        }
        Verdict::Deliver => arrivals.travel(link, flight, Passage::at(now), now, after, events),
        Verdict::Drop => arrivals.swallow(link, flight, after, events),
        Verdict::Hold => arrivals.hold(link, Some(rule), flight, events),
        Verdict::Pass => arrivals.pass(link, flight, None, chance, after, events),
        Verdict::Duplicate(copy) => arrivals.pass(link, flight, Some(copy), chance, after, events),
        // What is cut or held is so whatever a rule says.
        Verdict::Delay(_) if arrivals.is_stopped(link) => {
            arrivals.pass(link, flight, None, chance, after, events);
        }
        Verdict::Delay(delay) => {
            let due = now.saturating_add(millis(delay));
            arrivals.travel(link, flight, Passage::at(due), now, after, events);
        }
    }
}
