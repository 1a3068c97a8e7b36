//! Losing what was sent to [`Arrivals`] and has not been received.

use crate::aftermath::Aftermath;
use crate::arrivals::{Arrivals, EndpointState, index};
use crate::link::Sender;
use crate::log::{Kind, Whence};
use crate::wire::{Flight, Overtaken};

impl<P> Arrivals<P> {
    /// A segment is lost, for the reason that `why` tells.
    pub(crate) fn lose(
        &mut self,
        link: usize,
        flight: Flight<P>,
        why: Kind,
        after: &mut Aftermath<P>,
    ) {
        self.lose_from(Whence::Way, (link, flight), why, after);
    }

    fn lose_from(
        &mut self,
        whence: Whence,
        (link, flight): (usize, Flight<P>),
        why: Kind,
        after: &mut Aftermath<P>,
    ) {
        self.befall(link, why, &flight, whence as u16);
        let link = &mut self.links[link];
        link.drop_one(flight.copy);
        after.lose(flight.payload);
        if !flight.copy {
            // It leaves room behind.
            link.senders.wake(after);
        }
        self.near_the_end(after);
    }

    /// A segment that was admitted finds that there is nobody to receive it.
    pub(crate) fn lose_at_the_dead(
        &mut self,
        link: usize,
        flight: Flight<P>,
        after: &mut Aftermath<P>,
    ) {
        if let Some(wire) = &self.links[link].wire {
            wire.cuts_met(1);
        }
        let why = match self.endpoint {
            EndpointState::Dropped => Kind::LostAtEnd,
            EndpointState::Crashed | EndpointState::Alive => Kind::LostInCrash,
        };
        self.lose(link, flight, why, after);
    }

    /// A shard has crashed: what it sent and what has not arrived is lost, and whoever waits to
    /// send for it is woken.
    pub(crate) fn lose_sender(&mut self, from: Sender, after: &mut Aftermath<P>) {
        let Some(link) = self.used_index(from.index) else {
            return;
        };
        self.links[link].senders.wake_all(after);
        self.lose_on_the_way(link, Kind::LostInCrash, after);
    }

    /// Loses all that has not been received.
    pub(crate) fn lose_all(&mut self, why: Kind, after: &mut Aftermath<P>) {
        while let Some(arrived) = self.queue.pop_front() {
            let lost = (arrived.link as usize, arrived.flight);
            self.lose_from(Whence::Inbox, lost, why, after);
        }
        for link in 0..self.links.len() {
            self.lose_on_the_way(link, why, after);
        }
    }

    /// Loses what is on its way on `link` or held there.
    fn lose_on_the_way(&mut self, link: usize, why: Kind, after: &mut Aftermath<P>) {
        if self.is_plain(link) {
            return;
        }
        self.lose_in_flight(link, why, after);
        for (_, flight) in std::mem::take(&mut self.wire(link).held) {
            self.lose_from(Whence::Hold, (link, flight), why, after);
        }
    }

    /// Loses what is on its way on `link`; what is held stays. Returns how many were lost.
    pub(crate) fn lose_in_flight(
        &mut self,
        link: usize,
        why: Kind,
        after: &mut Aftermath<P>,
    ) -> u64 {
        let mut lost = 0;
        if self.links[link].faulty.in_transit > 0 {
            let gone = self.transit.take_from(index(link));
            self.links[link].faulty.in_transit = 0;
            lost += gone.len() as u64;
            for flight in gone {
                self.lose(link, flight, why, after);
            }
        }
        self.wire(link).clear();
        let overtaken = std::mem::take(&mut self.wire(link).overtaken);
        self.overtaken -= overtaken.len();
        lost += overtaken.len() as u64;
        for Overtaken { flight, .. } in overtaken {
            self.lose(link, flight, why, after);
        }
        lost
    }
}
