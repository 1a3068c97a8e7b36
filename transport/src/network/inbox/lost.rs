//! Losing what was sent to [`Arrivals`] and has not been received.

use crate::network::inbox::arrivals::{Arrivals, EndpointState, index};
use crate::network::links::in_flight::{InFlight, Overtaken};
use crate::network::links::wake_list::WakeList;
use crate::trace::record::{Kind, LostFrom};
use crate::trace::shard_key::ShardKey;

impl<P> Arrivals<P> {
    /// A segment is lost, for the reason that `why` tells.
    pub(crate) fn lose(
        &mut self,
        link: usize,
        flight: InFlight<P>,
        why: Kind,
        to_wake: &mut WakeList<P>,
    ) {
        self.lose_from(LostFrom::InFlight, (link, flight), why, to_wake);
    }

    fn lose_from(
        &mut self,
        lost_from: LostFrom,
        (link, flight): (usize, InFlight<P>),
        why: Kind,
        to_wake: &mut WakeList<P>,
    ) {
        self.note_segment(link, why, &flight, lost_from as u16);
        let link = &mut self.links[link];
        link.drop_one(flight.copy);
        to_wake.lose(flight.payload);
        if !flight.copy {
            link.make_room(to_wake);
        }
        self.near_the_end(to_wake);
    }

    /// A segment that was admitted finds that there is nobody to receive it.
    pub(crate) fn lose_at_the_dead(
        &mut self,
        link: usize,
        flight: InFlight<P>,
        to_wake: &mut WakeList<P>,
    ) {
        if let Some(faults) = &self.links[link].faults {
            faults.cuts_met(1);
        }
        let why = match self.endpoint {
            EndpointState::Dropped => Kind::LostAtEnd,
            EndpointState::Crashed | EndpointState::Alive => Kind::LostInCrash,
        };
        self.lose(link, flight, why, to_wake);
    }

    /// A shard has crashed: whoever waits to send for it is woken. What it has sent goes on.
    pub(crate) fn wake_sender(&mut self, from: ShardKey, to_wake: &mut WakeList<P>) {
        if let Some(link) = self.used_index(from.index) {
            self.links[link].senders.wake_all(to_wake);
        }
    }

    /// A shard has crashed: what it sent and what has not arrived is lost, and whoever waits to
    /// send for it is woken.
    pub(crate) fn lose_sender(&mut self, from: ShardKey, to_wake: &mut WakeList<P>) {
        let Some(link) = self.used_index(from.index) else {
            return;
        };
        self.links[link].senders.wake_all(to_wake);
        self.lose_on_the_way(link, Kind::LostInCrash, to_wake);
    }

    /// Loses all that has not been received.
    pub(crate) fn lose_all(&mut self, why: Kind, to_wake: &mut WakeList<P>) {
        while let Some(arrived) = self.queue.pop_front() {
            let lost = (arrived.link as usize, arrived.flight);
            self.lose_from(LostFrom::Inbox, lost, why, to_wake);
        }
        for link in 0..self.links.len() {
            self.lose_on_the_way(link, why, to_wake);
        }
    }

    /// Loses what is on its way on `link` or held there.
    fn lose_on_the_way(&mut self, link: usize, why: Kind, to_wake: &mut WakeList<P>) {
        if self.is_plain(link) {
            return;
        }
        self.lose_in_flight(link, why, to_wake);
        for (_, flight) in std::mem::take(&mut self.faults(link).held) {
            self.lose_from(LostFrom::Hold, (link, flight), why, to_wake);
        }
    }

    /// Loses what is on its way on `link`; what is held stays. Returns how many were lost.
    pub(crate) fn lose_in_flight(
        &mut self,
        link: usize,
        why: Kind,
        to_wake: &mut WakeList<P>,
    ) -> u64 {
        let mut lost = 0;
        if self.links[link].fault_counts.in_transit > 0 {
            let gone = self.due_queue.take_from(index(link));
            self.links[link].fault_counts.in_transit = 0;
            lost += gone.len() as u64;
            for flight in gone {
                self.lose(link, flight, why, to_wake);
            }
        }
        self.faults(link).clear();
        let overtaken = std::mem::take(&mut self.faults(link).overtaken);
        self.overtaken -= overtaken.len();
        lost += overtaken.len() as u64;
        for Overtaken { flight, .. } in overtaken {
            self.lose(link, flight, why, to_wake);
        }
        lost
    }
}
