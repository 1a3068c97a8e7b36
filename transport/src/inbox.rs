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
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Poll, Waker};
use std::time::Duration;

use crate::aftermath::Aftermath;
use crate::arrivals::{Arrivals, Arrived, EndpointState, LinkView, Refused, Sender};
use crate::latency::millis;
use crate::line::Ticket;
use crate::log::{EventKind, Log, Record};
use crate::network::Network;
use crate::observer::Observer;
use crate::random::Die;
use crate::rule::{Message, Rules, Verdict};
use crate::sync::{Mutex, MutexGuard, lock};
use crate::wire::{Flight, Passage};
use crate::{ShardId, TransportError};

/// After so many receives in a row a receiver lets other tasks run, once.
const RECEIVES_PER_YIELD: u32 = 1024;

/// How long a segment waits to be overtaken, in milliseconds, where nobody tells when no task can
/// run.
const PATIENCE: u64 = 1;

/// One shard: what of it outlives its endpoint.
pub(crate) struct Shard<P> {
    pub(crate) key: Sender,
    /// The shard's logical time, for the log.
    clock: AtomicU64,
    /// Grows when the shard crashes: an endpoint of an older life is dead.
    life: AtomicU64,
    /// By how much its wall clock is wrong, and whether it is ahead.
    clock_error: Mutex<(bool, Duration)>,
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
    paused: bool,
}

/// What receivers know of one link.
#[derive(Clone, Copy)]
struct Taken {
    from: ShardId,
    /// Without copies.
    received: u64,
    copies: u64,
    /// Set when a sender goes to sleep; cleared when the last was woken.
    wanted: bool,
}

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
    pub(crate) fn new(key: Sender, capacity: usize) -> Self {
        Self {
            key,
            clock: AtomicU64::new(0),
            life: AtomicU64::new(0),
            clock_error: Mutex::new((true, Duration::ZERO)),
            ready: Mutex::new(Ready {
                queue: VecDeque::new(),
                links: Vec::new(),
                receives: 0,
                log: Log::default(),
                paused: false,
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

    pub(crate) fn close(&self, from: &Self, after: &mut Aftermath<P>) {
        lock(&self.arrivals).close(from.key.index, after);
    }

    pub(crate) fn endpoint(&self) -> EndpointState {
        lock(&self.arrivals).endpoint
    }

    /// Gives a shard whose endpoint was dropped a fresh one, to which no link leads yet.
    pub(crate) fn revive(&self) {
        let mut arrivals = lock(&self.arrivals);
        arrivals.endpoint = EndpointState::Alive;
        arrivals.close_all();
    }

    /// The endpoint is gone: what has not been received is lost, and whoever waits is woken.
    pub(crate) fn abandon(&self, endpoint: EndpointState, after: &mut Aftermath<P>) {
        let (mut ready, mut arrivals) = self.both();
        ready.learn(&arrivals);
        ready.tell_all(&mut arrivals);
        arrivals.endpoint = endpoint;
        // Back to where they came from, to be lost with all others.
        let mut queue = std::mem::take(&mut ready.queue);
        queue.append(&mut arrivals.queue);
        arrivals.queue = queue;
        arrivals.lose_all(after);
        for link in &mut arrivals.links {
            link.senders.dissolve(after);
        }
        arrivals.receivers.wake_all(after);
        (ready.paused, arrivals.paused) = (false, false);
    }

    // --- crash and pause ---

    pub(crate) fn life(&self) -> u64 {
        self.life.load(Ordering::Acquire)
    }

    /// Ends the life of all endpoints of the shard.
    pub(crate) fn end_life(&self) {
        self.life.fetch_add(1, Ordering::AcqRel);
    }

    /// Gives a crashed shard its links back; `false` if it did not crash.
    pub(crate) fn restart(&self) -> bool {
        let mut arrivals = lock(&self.arrivals);
        let crashed = arrivals.endpoint == EndpointState::Crashed;
        if crashed {
            arrivals.endpoint = EndpointState::Alive;
        }
        crashed
    }

    /// Freezes or thaws the shard.
    pub(crate) fn pause(&self, paused: bool, after: &mut Aftermath<P>) {
        let (mut ready, mut arrivals) = self.both();
        ready.paused = paused;
        arrivals.paused = paused;
        if !paused {
            arrivals.receivers.wake_all(after);
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        lock(&self.arrivals).paused
    }

    pub(crate) fn clock_error(&self) -> (bool, Duration) {
        *lock(&self.clock_error)
    }

    pub(crate) fn set_clock_error(&self, ahead: bool, error: Duration) {
        *lock(&self.clock_error) = (ahead, error);
    }

    // --- faults ---

    /// Changes the faults, or what they keep back.
    pub(crate) fn with_arrivals<R>(
        &self,
        now: u64,
        after: &mut Aftermath<P>,
        change: impl FnOnce(&mut Arrivals<P>, &mut Aftermath<P>) -> R,
    ) -> R {
        let mut arrivals = lock(&self.arrivals);
        // What is due has arrived, though nobody has looked yet.
        arrivals.mature(now, after);
        change(&mut arrivals, after)
    }

    // --- sending ---

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
    #[inline]
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

    // --- receiving ---

    /// Takes what arrived first, for the holder of `ticket`; without anything there, sleeps if
    /// there is a `waker`.
    pub(crate) fn receive(
        &self,
        life: u64,
        ticket: &mut Option<Ticket>,
        waker: Option<&Waker>,
        network: &Network<P>,
    ) -> Receive<P> {
        let mut after = Aftermath::new();
        let observer = network.observer();
        let mut ready = lock(&self.ready);
        if waker.is_some() && ready.should_yield() {
            return Receive::Yield;
        }
        // One that waited leaves the line, which is in the other half.
        if ticket.is_none() && !ready.paused && self.life() == life {
            if let Some(arrived) = ready.queue.pop_front() {
                return self.take(&mut ready, arrived, observer, &mut after);
            }
        }
        let mut arrivals = lock(&self.arrivals);
        if self.life() != life {
            arrivals.receivers.leave(ticket, &mut after);
            return Receive::Closed;
        }
        if !arrivals.paused {
            ready.swap(&mut arrivals, network, &mut after);
            if let Some(arrived) = ready.queue.pop_front() {
                arrivals.receivers.leave(ticket, &mut after);
                drop(arrivals);
                return self.take(&mut ready, arrived, observer, &mut after);
            }
            if arrivals.open_links == 0 && !arrivals.expects() {
                arrivals.receivers.leave(ticket, &mut after);
                return Receive::Closed;
            }
        }
        let arrivals = &mut *arrivals;
        if let Some(waker) = waker {
            let tickets = &mut arrivals.tickets;
            arrivals
                .receivers
                .wait(ticket, waker, tickets, now(observer), &mut after);
        }
        if arrivals.paused {
            return Receive::Nothing(None);
        }
        let impatient = !network.tells_idle();
        let overtaken = arrivals.first_overtaken().filter(|_| impatient);
        let patience = overtaken.map(|since| since + PATIENCE);
        Receive::Nothing(arrivals.next_due().into_iter().chain(patience).min())
    }

    /// Takes a receiver that goes without a segment out of the line.
    pub(crate) fn forget_receiver(&self, ticket: &mut Option<Ticket>) {
        let mut after = Aftermath::<P>::new();
        lock(&self.arrivals).receivers.give_up(ticket, &mut after);
    }

    /// Hands out a segment that was ready.
    fn take(
        &self,
        ready: &mut Ready<P>,
        Arrived { link, flight }: Arrived<P>,
        observer: Option<&Arc<Observer>>,
        after: &mut Aftermath<P>,
    ) -> Receive<P> {
        let index = link as usize;
        let link = &mut ready.links[index];
        if let Some(observer) = observer {
            ready.log.push(Record {
                at: observer.now(),
                tick: observer.tick(&self.clock, flight.tick),
                kind: EventKind::Received,
                from: link.from,
                segment: flight.number,
            });
        }
        if flight.copy {
            link.copies += 1;
        } else {
            link.received += 1;
            if link.wanted {
                let senders = &mut lock(&self.arrivals).links[index].senders;
                senders.wake(after);
                link.wanted = senders.has_sleepers();
            }
        }
        Receive::Segment(link.from, flight.payload)
    }

    // --- looking ---

    /// Whether nothing is on its way to this shard or waits to be received. A paused shard is.
    pub(crate) fn is_quiet(&self) -> bool {
        let (ready, arrivals) = self.both();
        arrivals.paused
            || (ready.queue.is_empty() && arrivals.queue.is_empty() && arrivals.is_calm())
    }

    /// Since when each task that waits for a segment does, in milliseconds of the test's clock.
    pub(crate) fn receivers(&self) -> Vec<u64> {
        lock(&self.arrivals).receivers.since().collect()
    }

    /// All links that lead or led here, in the order in which their senders were created.
    pub(crate) fn links(&self, now: u64, after: &mut Aftermath<P>) -> Vec<LinkView> {
        let (ready, mut arrivals) = self.both();
        arrivals.mature(now, after);
        ready.tell_all(&mut arrivals);
        let views = arrivals.views();
        views
            .map(|mut view| {
                let taken = view.index.and_then(|index| ready.links.get(index));
                view.copies_received = taken.map_or(0, |taken| taken.copies);
                view
            })
            .collect()
    }

    /// The newest events on links to this shard, in no particular order.
    pub(crate) fn records(&self) -> Vec<Record> {
        let (ready, arrivals) = self.both();
        [arrivals.log.records(), ready.log.records()].concat()
    }
}

/// The test's clock. Without an observer there is nobody to ask for it.
fn now(observer: Option<&Arc<Observer>>) -> u64 {
    observer.map_or(0, |observer| observer.now())
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
    fn swap(&mut self, arrivals: &mut Arrivals<P>, network: &Network<P>, after: &mut Aftermath<P>) {
        if !self.queue.is_empty() {
            return;
        }
        if !arrivals.is_calm() {
            let now = network.time();
            arrivals.mature(now, after);
            if let Some(before) = now.checked_sub(PATIENCE).filter(|_| !network.tells_idle()) {
                arrivals.stop_waiting(before, after);
            }
        }
        if !arrivals.queue.is_empty() {
            std::mem::swap(&mut self.queue, &mut arrivals.queue);
            self.learn(arrivals);
            if let Some(observer) = network.observer() {
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
                received: 0,
                copies: 0,
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
