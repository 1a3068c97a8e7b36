//! A send, from the line to the queue of arrivals.

use std::sync::atomic::Ordering;
use std::task::Poll;

use crate::contract::error::TransportError;
use crate::contract::segment::Segment;
use crate::decision::die::Die;
use crate::decision::names::Names;
use crate::millis::millis;
use crate::network::inbox::arrivals::{Arrivals, Refused};
use crate::network::inbox::context::Context;
use crate::network::inbox::delivery::ByRule;
use crate::network::inbox::shard::Shard;
use crate::network::links::in_flight::{InFlight, Passage};
use crate::network::links::rules::{Judgement, Message, Turn, Verdict};
use crate::network::links::wait_queue::{Sleeper, Ticket};
use crate::network::links::wake_list::WakeList;
use crate::sync::{MutexGuard, lock};
use crate::trace::record::Kind;

/// What became of a segment that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    OnItsWay,
    /// A cut, chance or a rule lost it.
    Swallowed,
}

impl<P> Shard<P> {
    /// Puts `payload` on the link from `from`, in its life `life`, if there is room for the holder
    /// of `ticket`. Without room this is `Pending`, and sleeps if there is a `sleeper`.
    #[inline]
    pub(crate) fn send(
        &self,
        (from, life): (&Self, u64),
        (payload, label): (&mut Option<P>, Option<String>),
        ticket: &mut Option<Ticket>,
        sleeper: Option<&mut Sleeper<'_>>,
        context: &Context<P>,
    ) -> Poll<Result<Sent, TransportError>> {
        let mut to_wake = WakeList::new();
        // Held to the end, so that segments travel in the order of their numbers. The rules are not
        // asked about what a crashed shard sends: nothing.
        let mut turn = context.rules.turn_of(|| from.life() == life);
        let mut arrivals = lock(&self.arrivals);
        // Under this lock, which a crash takes after it has ended the life: nothing that is sent
        // before gets away, and nothing is sent after.
        let crashed = from.life() != life;
        let clear = arrivals.clear_link(from.key);
        let admitted = if let Some(link) = clear.filter(|_| ticket.is_none() && !crashed) {
            Ok(link)
        } else {
            let sender = (from, crashed, sleeper);
            let (locked, admitted) = self.admit(arrivals, sender, ticket, context, &mut to_wake);
            arrivals = locked;
            admitted
        };
        let link = match admitted {
            Ok(link) => link,
            Err(Refused::Full(_)) => return Poll::Pending,
            Err(Refused::Error(error)) => return Poll::Ready(Err(error)),
        };
        let mut names = None;
        if let Some(label) = label {
            let number = arrivals.links[link].sent + 1;
            let (from_id, to) = (from.key.id, self.key.id);
            let segment = Segment {
                from: from_id,
                to,
                number,
            };
            names = context.name(segment, &label);
            arrivals.log.label(from.key.index, number, label);
        }
        if turn.is_none() && arrivals.is_plain(link) {
            let flight = from.depart(&mut arrivals, link, payload);
            arrivals.enqueue(link, flight, &mut to_wake);
            Poll::Ready(Ok(Sent::OnItsWay))
        } else {
            let turn = turn.as_mut();
            let sent = self.send_faulty(
                from,
                arrivals,
                turn,
                (link, payload, names),
                context,
                &mut to_wake,
            );
            Poll::Ready(Ok(sent))
        }
    }

    /// Finds the link on which a sender that something stands in the way of may send after all.
    /// Without room it sleeps if it has a waker.
    #[inline(never)]
    fn admit<'a>(
        &'a self,
        mut arrivals: MutexGuard<'a, Arrivals<P>>,
        (from, crashed, mut sleeper): (&Self, bool, Option<&mut Sleeper<'_>>),
        ticket: &mut Option<Ticket>,
        context: &Context<P>,
        to_wake: &mut WakeList<P>,
    ) -> (MutexGuard<'a, Arrivals<P>>, Result<usize, Refused>) {
        let mut admitted = arrivals.admit(from.key, self.key.id, crashed, ticket, to_wake);
        if let Err(Refused::Full(link)) = admitted {
            drop(arrivals);
            if let Some(sleeper) = &mut sleeper {
                sleeper.prepare();
            }
            let (mut ready, both) = self.both();
            arrivals = both;
            ready.learn(&arrivals);
            ready.tell(&mut arrivals, link);
            admitted = arrivals.admit(from.key, self.key.id, crashed, ticket, to_wake);
            if let (Err(Refused::Full(_)), Some(sleeper)) = (&admitted, sleeper) {
                let arrivals = &mut *arrivals;
                let senders = &mut arrivals.links[link].senders;
                let tickets = &mut arrivals.tickets;
                let _prepared = senders.wait(ticket, sleeper, tickets, context.stamp(), to_wake);
                ready.links[link].wanted = true;
            }
        }
        (arrivals, admitted)
    }

    /// Counts, numbers and logs a segment that the sender `self` sends.
    fn depart(
        &self,
        arrivals: &mut Arrivals<P>,
        link: usize,
        payload: &mut Option<P>,
    ) -> InFlight<P> {
        let payload = payload
            .take()
            .expect("a future is not polled once it is ready");
        let number = arrivals.depart(link);
        let sent = (Kind::Sent, self.key, number);
        InFlight {
            number,
            tick: arrivals.log.note(&self.clock, 0, sent),
            copy: false,
            payload,
        }
    }

    /// Sends over a link for which there are rules or faults. The rules, and the `Clone` of a payload,
    /// are the test's code, and run without the inbox locked. Where they panic, nothing was sent.
    #[inline(never)]
    fn send_faulty<'a>(
        &'a self,
        from: &Self,
        mut arrivals: MutexGuard<'a, Arrivals<P>>,
        turn: Option<&mut Turn<'_, P>>,
        (link, payload, names): (usize, &mut Option<P>, Option<Names>),
        context: &Context<P>,
        to_wake: &mut WakeList<P>,
    ) -> Sent {
        let sender = from;
        let (from, to) = (from.key.id, self.key.id);
        let lives = (sender.life(), self.life());
        let number = arrivals.links[link].sent + 1;
        let mut judgement = Judgement::pass();
        if let (Some(turn), Some(payload)) = (turn, payload.as_mut()) {
            drop(arrivals);
            judgement = turn.judge(Message::new(from, to, number, payload));
            arrivals = lock(&self.arrivals);
        }
        let chance = arrivals.faults(link).chance(|| context.chance(from, to));
        let die = context.die(chance, Segment { from, to, number }, names);
        let mut copy = None;
        if let (true, Some(payload)) = (judgement.passes(), payload.as_ref()) {
            if let Some(copier) = arrivals.faults(link).copier(die) {
                drop(arrivals);
                copy = Some(context.rules.run(|| copier(payload)));
                arrivals = lock(&self.arrivals);
            }
        }
        let flight = sender.depart(&mut arrivals, link, payload);
        let dropped = arrivals.links[link].dropped;
        let now = context.time();
        // What is due has arrived, though nobody has looked yet: it comes before this one.
        arrivals.mature(now, to_wake);
        // The code of the test may have crashed either end.
        let receiver_lives = arrivals.is_alive() && lives.1 == self.life();
        let delivered = matches!(judgement.verdict, Verdict::Deliver);
        if receiver_lives && (delivered || lives.0 == sender.life()) {
            let flight = (link, flight);
            carry_out(
                (judgement, copy),
                &mut arrivals,
                flight,
                (die, now),
                to_wake,
            );
        } else {
            arrivals.lose_at_the_dead(link, flight, to_wake);
            let by_rule = match judgement.verdict {
                Verdict::Duplicate(copy) => Some(copy),
                _ => None,
            };
            for copy in by_rule.into_iter().chain(copy) {
                to_wake.lose(copy);
            }
        }
        if arrivals.reorders {
            context.reorders.store(true, Ordering::Release);
        }
        if arrivals.links[link].dropped > dropped {
            Sent::Swallowed
        } else {
            Sent::OnItsWay
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
    (Judgement { verdict, rule }, copy): (Judgement<P>, Option<P>),
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
        Verdict::Hold => {
            return match rule {
                Some(rule) if !rule.has_ended() => arrivals.hold(link, Some(rule.id), flight),
                // It held the segment for as long as it stood.
                _ => arrivals.let_go(link, flight, to_wake),
            };
        }
        Verdict::Delay(delay) => {
            let due = now.saturating_add(millis(delay));
            return arrivals.travel(link, flight, Passage::at(due), now, to_wake);
        }
    }
    arrivals.pass(link, flight, (by_rule, copy), (die, now), to_wake);
}
