//! The tasks that wait for something countable: receivers for segments, senders for room.
//!
//! One rule makes wake-ups exact: *each thing that comes to be had wakes the first who sleeps, and
//! whoever was woken and goes without it passes the turn on.* The things and the line change under
//! the same locks, so that nobody goes to sleep over something that is there. Room appears in
//! `Link::make_room`, segments in `Arrivals::enqueue`.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::task::Waker;

use crate::network::links::wake_list::WakeList;

/// A place in a line. Tickets grow, and none is handed out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(NonZeroU64);

/// Hands out the tickets of all lines that one task may come to stand in.
#[derive(Debug)]
pub(crate) struct Tickets(NonZeroU64);

impl Default for Tickets {
    fn default() -> Self {
        Self(NonZeroU64::MIN)
    }
}

impl Tickets {
    #[inline]
    fn next(&mut self) -> Ticket {
        let ticket = Ticket(self.0);
        self.0 = self.0.saturating_add(1);
        ticket
    }
}

/// A task that may have to sleep.
pub(crate) struct Sleeper<'a> {
    waker: &'a Waker,
    /// What a queue keeps of it.
    clone: Option<Waker>,
}

impl<'a> Sleeper<'a> {
    pub(crate) fn new(waker: &'a Waker) -> Self {
        Self { waker, clone: None }
    }

    /// Clones the waker, if that was not done. It may run anybody's code, so nothing is locked
    /// meanwhile.
    pub(crate) fn prepare(&mut self) {
        if self.clone.is_none() {
            self.clone = Some(self.waker.clone());
        }
    }
}

#[derive(Debug)]
struct Waiter {
    ticket: Ticket,
    /// `None` once it was woken, until it waits on.
    waker: Option<Waker>,
    since: u64,
}

/// Tasks that wait, first come first.
#[derive(Debug, Default)]
pub(crate) struct WaitQueue {
    waiters: VecDeque<Waiter>,
    /// How many of them have a waker.
    sleepers: usize,
}

impl WaitQueue {
    /// How many stand before the holder of `ticket`; before one without a place, all do.
    #[inline]
    pub(crate) fn ahead(&self, ticket: Option<Ticket>) -> usize {
        self.place(ticket).unwrap_or(self.waiters.len())
    }

    #[inline]
    fn place(&self, ticket: Option<Ticket>) -> Option<usize> {
        let ticket = ticket?;
        // Most often it is the turn of the first, or nobody else waits.
        match self.waiters.front() {
            Some(first) if first.ticket == ticket => Some(0),
            _ => self
                .waiters
                .binary_search_by_key(&ticket, |waiter| waiter.ticket)
                .ok(),
        }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.waiters.is_empty()
    }

    /// Sleeps: in the place that the holder of `ticket` has, or in the last one, since `now`.
    /// `false` if the sleeper is to be [prepared](Sleeper::prepare) first.
    #[must_use]
    pub(crate) fn wait<P>(
        &mut self,
        ticket: &mut Option<Ticket>,
        sleeper: &mut Sleeper<'_>,
        tickets: &mut Tickets,
        now: u64,
        to_wake: &mut WakeList<P>,
    ) -> bool {
        let place = self.place(*ticket);
        let known = place.and_then(|place| self.waiters[place].waker.as_ref());
        if known.is_some_and(|known| known.will_wake(sleeper.waker)) {
            return true;
        }
        let Some(waker) = sleeper.clone.take() else {
            return false;
        };
        if let Some(place) = place {
            match self.waiters[place].waker.replace(waker) {
                Some(spent) => to_wake.spend(spent),
                None => self.sleepers += 1,
            }
            return true;
        }
        let new = tickets.next();
        *ticket = Some(new);
        self.waiters.push_back(Waiter {
            ticket: new,
            waker: Some(waker),
            since: now,
        });
        self.sleepers += 1;
        true
    }

    /// Takes the holder of `ticket` out of the line, because it got what it waited for.
    #[inline]
    pub(crate) fn leave<P>(&mut self, ticket: &mut Option<Ticket>, to_wake: &mut WakeList<P>) {
        if ticket.is_some() {
            self.remove(ticket, to_wake);
        }
    }

    /// Takes the holder of `ticket` out of the line, because it no longer wants it. If it was
    /// woken, its turn passes to the first who sleeps.
    pub(crate) fn give_up<P>(&mut self, ticket: &mut Option<Ticket>, to_wake: &mut WakeList<P>) {
        if self.remove(ticket, to_wake) {
            self.wake(to_wake);
        }
    }

    /// Whether the holder of `ticket`, who is taken out of the line, was woken.
    fn remove<P>(&mut self, ticket: &mut Option<Ticket>, to_wake: &mut WakeList<P>) -> bool {
        let place = self.place(ticket.take());
        let waiter = match place {
            Some(0) => self.waiters.pop_front(),
            Some(place) => self.waiters.remove(place),
            None => None,
        };
        let Some(waiter) = waiter else {
            return false;
        };
        match waiter.waker {
            None => true,
            Some(spent) => {
                self.sleepers -= 1;
                to_wake.spend(spent);
                false
            }
        }
    }

    /// Wakes the first who sleeps.
    #[inline]
    pub(crate) fn wake<P>(&mut self, to_wake: &mut WakeList<P>) {
        if self.has_sleepers() {
            self.wake_first(to_wake);
        }
    }

    fn wake_first<P>(&mut self, to_wake: &mut WakeList<P>) {
        for place in 0..self.waiters.len() {
            if let Some(waker) = self.waiters[place].waker.take() {
                self.sleepers -= 1;
                to_wake.wake(waker);
                return;
            }
        }
    }

    /// Wakes all who sleep.
    pub(crate) fn wake_all<P>(&mut self, to_wake: &mut WakeList<P>) {
        if !self.has_sleepers() {
            return;
        }
        for waiter in &mut self.waiters {
            if let Some(waker) = waiter.waker.take() {
                to_wake.wake(waker);
            }
        }
        self.sleepers = 0;
    }

    /// Sends all away: wakes them, to find that they have no place any more.
    pub(crate) fn dissolve<P>(&mut self, to_wake: &mut WakeList<P>) {
        for waiter in self.waiters.drain(..) {
            if let Some(waker) = waiter.waker {
                to_wake.wake(waker);
            }
        }
        self.sleepers = 0;
    }

    /// Whether the holder of `ticket` was sent away.
    pub(crate) fn was_dissolved(&self, ticket: Option<Ticket>) -> bool {
        ticket.is_some() && self.place(ticket).is_none()
    }

    /// Whether anybody sleeps.
    #[inline]
    pub(crate) fn has_sleepers(&self) -> bool {
        self.sleepers > 0
    }

    /// Whether the holder of `ticket` was woken and has not gone back to sleep.
    pub(crate) fn was_woken(&self, ticket: Option<Ticket>) -> bool {
        self.place(ticket)
            .is_some_and(|place| self.waiters[place].waker.is_none())
    }

    /// Since when each waits, in milliseconds of the test's clock.
    pub(crate) fn since(&self) -> impl Iterator<Item = u64> {
        self.waiters.iter().map(|waiter| waiter.since)
    }
}
