//! A send, from the line to the queue of arrivals.

use std::task::{Poll, Waker};

use crate::contract::error::TransportError;
use crate::contract::segment::Segment;
use crate::decision::die::Die;
use crate::millis::millis;
use crate::network::arrivals::{Arrivals, Refused};
use crate::network::context::Context;
use crate::network::delivery::ByRule;
use crate::network::in_flight::{InFlight, Passage};
use crate::network::rules::{Message, Rules, Verdict};
use crate::network::shard::Shard;
use crate::network::wait_queue::Ticket;
use crate::network::wake_list::WakeList;
use crate::sync::{MutexGuard, lock};
use crate::trace::record::Kind;

impl<P> Shard<P> {
    /// Puts `payload` on the link from `from`, in its life `life`, if there is room for the holder
    /// of `ticket`. Without room this is `Pending`, and sleeps if there is a `waker`.
    #[inline]
    pub(crate) fn send(
        &self,
        (from, life): (&Self, u64),
        (payload, label): (&mut Option<P>, Option<String>),
        ticket: &mut Option<Ticket>,
        waker: Option<&Waker>,
        context: &Context<P>,
    ) -> Poll<Result<(), TransportError>> {
        let mut to_wake = WakeList::new();
        // Held to the end, so that segments travel in the order of their numbers.
        let rules = context.rules.lock_if_any();
        let crashed = from.life() != life;
        let mut arrivals = lock(&self.arrivals);
        let clear = arrivals.clear_link(from.key);
        let admitted = if let Some(link) = clear.filter(|_| ticket.is_none() && !crashed) {
            Ok(link)
        } else {
            let sender = (from, crashed, waker);
            let (locked, admitted) = self.admit(arrivals, sender, ticket, context, &mut to_wake);
            arrivals = locked;
            admitted
        };
        let link = match admitted {
            Ok(link) => link,
            Err(Refused::Full(_)) => return Poll::Pending,
            Err(Refused::Error(error)) => return Poll::Ready(Err(error)),
        };
        let payload = payload
            .take()
            .expect("a future is not polled once it is ready");
        if let Some(label) = label {
            let number = arrivals.links[link].sent + 1;
            arrivals.log.label(from.key.index, number, label);
        }
        if rules.is_none() && arrivals.is_plain(link) {
            let flight = from.depart(&mut arrivals, link, payload);
            arrivals.enqueue(link, flight, &mut to_wake);
        } else {
            let sent = (link, payload);
            self.send_faulty(from, arrivals, rules, sent, context, &mut to_wake);
        }
        Poll::Ready(Ok(()))
    }

    /// Finds the link on which a sender that something stands in the way of may send after all.
    /// Without room it sleeps if it has a waker.
    #[inline(never)]
    fn admit<'a>(
        &'a self,
        mut arrivals: MutexGuard<'a, Arrivals<P>>,
        (from, crashed, waker): (&Self, bool, Option<&Waker>),
        ticket: &mut Option<Ticket>,
        context: &Context<P>,
        to_wake: &mut WakeList<P>,
    ) -> (MutexGuard<'a, Arrivals<P>>, Result<usize, Refused>) {
        let mut admitted = arrivals.admit(from.key, self.key.id, crashed, ticket, to_wake);
        if let Err(Refused::Full(link)) = admitted {
            drop(arrivals);
            let (mut ready, both) = self.both();
            arrivals = both;
            ready.learn(&arrivals);
            ready.tell(&mut arrivals, link);
            admitted = arrivals.admit(from.key, self.key.id, crashed, ticket, to_wake);
            if let (Err(Refused::Full(_)), Some(waker)) = (&admitted, waker) {
                let arrivals = &mut *arrivals;
                let senders = &mut arrivals.links[link].senders;
                let tickets = &mut arrivals.tickets;
                senders.wait(ticket, waker, tickets, context.stamp(), to_wake);
                ready.links[link].wanted = true;
            }
        }
        (arrivals, admitted)
    }

    /// Counts, numbers and logs a segment that the sender `self` sends.
    #[allow(
        clippy::inline_always,
        reason = "a call would copy the payload once more"
    )]
    #[inline(always)]
    fn depart(&self, arrivals: &mut Arrivals<P>, link: usize, payload: P) -> InFlight<P> {
        let number = arrivals.depart(link);
        let sent = (Kind::Sent, self.key, number);
        InFlight {
            number,
            tick: arrivals.log.note(&self.clock, 0, sent),
            copy: false,
            payload,
        }
    }

    /// Sends over a link for which there are rules or faults.
    #[inline(never)]
    fn send_faulty<'a>(
        &'a self,
        from: &Self,
        mut arrivals: MutexGuard<'a, Arrivals<P>>,
        rules: Option<MutexGuard<'_, Rules<P>>>,
        (link, mut payload): (usize, P),
        context: &Context<P>,
        to_wake: &mut WakeList<P>,
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
        let flight = sender.depart(&mut arrivals, link, payload);
        let now = context.time();
        // What is due has arrived, though nobody has looked yet: it comes before this one.
        arrivals.mature(now, to_wake);
        // A rule may have crashed either end.
        if arrivals.is_alive() && lives == (sender.life(), self.life()) {
            let chance = arrivals.faults(link).chance(|| context.chance(from, to));
            let number = flight.number;
            let die = context.die(chance, Segment { from, to, number });
            carry_out(verdict, &mut arrivals, (link, flight), (die, now), to_wake);
        } else {
            arrivals.lose_at_the_dead(link, flight, to_wake);
            if let (Verdict::Duplicate(copy), _) = verdict {
                to_wake.lose(copy);
            }
        }
    }

    /// Takes a sender that goes without having sent out of the line.
    pub(crate) fn forget_sender(&self, from: &Self, ticket: &mut Option<Ticket>) {
        let mut to_wake = WakeList::<P>::new();
        if let Some(link) = lock(&self.arrivals).used_link(from.key.index) {
            link.senders.give_up(ticket, &mut to_wake);
        }
    }
}

/// Does with a segment what the rules say.
fn carry_out<P>(
    (verdict, rule): (Verdict<P>, u64),
    arrivals: &mut Arrivals<P>,
    (link, flight): (usize, InFlight<P>),
    (die, now): (Die, u64),
    to_wake: &mut WakeList<P>,
) {
    let mut by_rule = ByRule::nothing();
    match verdict {
        // What is cut, or cut and so sent without room, or held, is so whatever a rule says.
        Verdict::Deliver | Verdict::Hold if arrivals.is_over_full(link) => {}
        Verdict::Delay(_) if arrivals.is_stopped(link) => {}
        Verdict::Pass => {}
        Verdict::Duplicate(copy) => by_rule.copy = Some(copy),
        Verdict::Reorder(overtakers) => by_rule.overtakers = overtakers,
        Verdict::Deliver => return arrivals.travel(link, flight, Passage::at(now), now, to_wake),
        Verdict::Drop => return arrivals.lose(link, flight, Kind::LostToRule, to_wake),
        Verdict::Hold => return arrivals.hold(link, Some(rule), flight),
        Verdict::Delay(delay) => {
            let due = now.saturating_add(millis(delay));
            return arrivals.travel(link, flight, Passage::at(due), now, to_wake);
        }
    }
    arrivals.pass(link, flight, by_rule, (die, now), to_wake);
}
