//! The half of an inbox that senders touch: the links that lead to it, what is on its way on them
//! and what has arrived, and who waits. Nothing here locks, wakes, or looks at a clock.

use std::collections::VecDeque;

use crate::contract::error::TransportError;
use crate::contract::shard_id::ShardId;
use crate::network::inbox::link_slots::{LinkSlots, Slot};
use crate::network::links::due_queue::DueQueue;
use crate::network::links::in_flight::InFlight;
use crate::network::links::link::{FaultCounts, Link, LinkView};
use crate::network::links::link_faults::Effect;
use crate::network::links::unused_faults::UnusedFaults;
use crate::network::links::wait_queue::{Ticket, Tickets, WaitQueue};
use crate::network::links::wake_list::WakeList;
use crate::trace::log::Log;
use crate::trace::shard_key::ShardKey;

/// A segment that has arrived.
pub(crate) struct Arrived<P> {
    /// Index of its link.
    pub(crate) link: u32,
    pub(crate) flight: InFlight<P>,
}

/// What became of a shard's endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointState {
    Alive,
    /// Dropped by the test: the shard may be created again.
    Dropped,
    /// The shard may be restarted.
    Crashed,
}

/// Why a segment cannot be sent now.
pub(crate) enum Refused {
    Error(TransportError),
    /// The link, as far as this half knows, has no room for this sender.
    Full(usize),
}

pub(crate) struct Arrivals<P> {
    capacity: u64,
    pub(crate) endpoint: EndpointState,
    /// How many open links lead here.
    pub(crate) open_links: usize,
    pub(crate) queue: VecDeque<Arrived<P>>,
    slots: LinkSlots,
    pub(crate) unused_faults: UnusedFaults<P>,
    pub(crate) links: Vec<Link<P>>,
    pub(crate) due_queue: DueQueue<P>,
    /// How many wait to be overtaken, on all links.
    pub(crate) overtaken: usize,
    /// Whether a segment was ever to be overtaken.
    pub(crate) reorders: bool,
    /// Tasks that wait for a segment.
    pub(crate) receivers: WaitQueue,
    pub(crate) tickets: Tickets,
    pub(crate) log: Log,
    /// Whether the shard is frozen: it receives nothing.
    pub(crate) paused: bool,
}

impl<P> Arrivals<P> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity as u64,
            endpoint: EndpointState::Alive,
            open_links: 0,
            queue: VecDeque::new(),
            slots: LinkSlots::default(),
            unused_faults: UnusedFaults::new(),
            links: Vec::new(),
            due_queue: DueQueue::new(),
            overtaken: 0,
            reorders: false,
            receivers: WaitQueue::default(),
            tickets: Tickets::default(),
            log: Log::default(),
            paused: false,
        }
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.endpoint == EndpointState::Alive
    }

    #[inline]
    fn slot(&self, from: u32) -> Slot {
        self.slots.slot(from)
    }

    /// Opens the link from `from`; without effect if it is open. Returns whether there never was one.
    pub(crate) fn open(&mut self, from: u32) -> bool {
        let mut is_new = false;
        match self.slot(from) {
            Slot::Unused => return false,
            Slot::Absent => is_new = self.slots.set(from, Slot::Unused),
            Slot::Used(link) => {
                let link = &mut self.links[link as usize];
                if link.open {
                    return false;
                }
                link.open = true;
            }
        }
        self.open_links += 1;
        is_new
    }

    /// Closes the link from `from`; without effect if it is not open. What was sent on it stays
    /// to be received.
    /// Whether it was open.
    pub(crate) fn close(&mut self, from: u32, to_wake: &mut WakeList<P>) -> bool {
        match self.slot(from) {
            Slot::Absent => return false,
            Slot::Unused => {
                self.slots.set(from, Slot::Absent);
            }
            Slot::Used(link) => {
                let link = &mut self.links[link as usize];
                if !link.open {
                    return false;
                }
                link.open = false;
                link.senders.wake_all(to_wake);
            }
        }
        self.open_links -= 1;
        if self.open_links == 0 {
            self.receivers.wake_all(to_wake);
        }
        true
    }

    /// Closes all links without waking anybody: who waited was woken when the endpoint went.
    pub(crate) fn close_all(&mut self) {
        self.open_links = 0;
        self.slots.close_unused();
        for link in &mut self.links {
            link.open = false;
        }
    }

    /// Whether the link from `from` is open, or keeps something back.
    pub(crate) fn is_selectable(&self, from: u32) -> bool {
        match self.slot(from) {
            Slot::Absent => false,
            Slot::Unused => true,
            Slot::Used(link) => self.links[link as usize].is_selectable(),
        }
    }

    pub(crate) fn sent_by(&self, from: u32) -> u64 {
        match self.slot(from) {
            Slot::Absent | Slot::Unused => 0,
            Slot::Used(link) => self.links[link as usize].sent,
        }
    }

    /// Indices of the senders of all links that are or were open.
    pub(crate) fn senders(&self) -> Vec<u32> {
        self.slots.iter().map(|(from, _)| from).collect()
    }

    /// Whether the link from `from` is open, and nothing was sent on it yet.
    pub(crate) fn is_unused(&self, from: u32) -> bool {
        self.slot(from) == Slot::Unused
    }

    /// Whether more was sent on a link than it has room for, as only a cut link lets happen.
    pub(crate) fn is_over_full(&self, link: usize) -> bool {
        self.links[link].outstanding() > self.capacity
    }

    /// Index of the open link from `from`, which is made a used one.
    fn use_link(&mut self, from: ShardKey) -> usize {
        if let Slot::Used(link) = self.slot(from.index) {
            return link as usize;
        }
        let link = self.links.len();
        self.links.push(Link {
            from,
            open: true,
            sent: 0,
            received: 0,
            dropped: 0,
            refused: 0,
            fault_counts: FaultCounts::default(),
            senders: WaitQueue::default(),
            faults: self.unused_faults.of_used(from.index),
        });
        self.slots.set(from.index, Slot::Used(index(link)));
        link
    }

    /// Index of the link from `from` if it was ever used.
    pub(crate) fn used_index(&self, from: u32) -> Option<usize> {
        match self.slot(from) {
            Slot::Used(link) => Some(link as usize),
            Slot::Absent | Slot::Unused => None,
        }
    }

    /// The link from `from` if it was ever used.
    pub(crate) fn used_link(&mut self, from: u32) -> Option<&mut Link<P>> {
        let link = self.used_index(from)?;
        Some(&mut self.links[link])
    }

    /// Finds the link on which the holder of `ticket` may send now, as the docs of the crate order
    /// the errors. It leaves the line, unless the link is full.
    pub(crate) fn admit(
        &mut self,
        from: ShardKey,
        to: ShardId,
        crashed: bool,
        ticket: &mut Option<Ticket>,
        to_wake: &mut WakeList<P>,
    ) -> Result<usize, Refused> {
        let admitted = self.admitted(from, to, crashed, *ticket);
        let Some(link) = self.used_link(from.index) else {
            return admitted;
        };
        match admitted {
            Err(Refused::Full(_)) => {}
            // Takes up room as the line moves up by one: nobody else's turn has come.
            Ok(_) => link.senders.leave(ticket, to_wake),
            Err(Refused::Error(error)) => {
                link.refused += u64::from(error == TransportError::Closed);
                link.senders.give_up(ticket, to_wake);
            }
        }
        admitted
    }

    pub(crate) fn admitted(
        &mut self,
        from: ShardKey,
        to: ShardId,
        crashed: bool,
        ticket: Option<Ticket>,
    ) -> Result<usize, Refused> {
        let open = match self.slot(from.index) {
            Slot::Absent => false,
            Slot::Unused => true,
            Slot::Used(link) => self.links[link as usize].open,
        };
        if !open {
            return Err(Refused::Error(TransportError::UnknownPeer(to)));
        }
        // A link that refuses is a used one too, as it counts that.
        let index = self.use_link(from);
        let link = &self.links[index];
        if crashed {
            return Err(Refused::Error(TransportError::Closed));
        }
        if link.is_cut() {
            return Ok(index);
        }
        // Whoever was sent away waited for an endpoint that is gone, though there may be a new one.
        if !self.is_alive() || link.senders.was_dissolved(ticket) {
            return Err(Refused::Error(TransportError::Closed));
        }
        let room = self.capacity.saturating_sub(link.outstanding());
        if link.senders.ahead(ticket) as u64 >= room {
            return Err(Refused::Full(index));
        }
        Ok(index)
    }

    /// The link from `from`, if it was used before, is open, has room and nobody who waits for it,
    /// and leads to a live endpoint: as most often, when nothing is to be decided.
    #[inline]
    pub(crate) fn clear_link(&self, from: ShardKey) -> Option<usize> {
        let Slot::Used(link) = self.slot(from.index) else {
            return None;
        };
        let index = link as usize;
        let link = &self.links[index];
        let clear = link.open
            && link.senders.is_empty()
            && link.outstanding() < self.capacity
            && self.is_alive();
        clear.then_some(index)
    }

    /// Counts a segment as sent, and numbers it.
    #[inline]
    pub(crate) fn depart(&mut self, link: usize) -> u64 {
        self.links[link].sent += 1;
        self.links[link].sent
    }

    /// A segment has arrived.
    #[allow(
        clippy::inline_always,
        reason = "a call would copy the payload once more"
    )]
    #[inline(always)]
    pub(crate) fn enqueue(&mut self, link: usize, flight: InFlight<P>, to_wake: &mut WakeList<P>) {
        self.queue.push_back(Arrived {
            link: index(link),
            flight,
        });
        self.receivers.wake(to_wake);
        self.near_the_end(to_wake);
    }

    /// Something has arrived or was lost. Where no link is open it may have been the last, of
    /// which every receiver must hear.
    #[inline]
    pub(crate) fn near_the_end(&mut self, to_wake: &mut WakeList<P>) {
        if self.open_links == 0 {
            self.receivers.wake_all(to_wake);
        }
    }

    /// Whether the link has no faults.
    #[inline]
    pub(crate) fn is_plain(&self, link: usize) -> bool {
        self.links[link].faults.is_none()
    }

    /// All links that lead or led here, in the order in which their senders were created.
    pub(crate) fn views(&self) -> impl Iterator<Item = LinkView> {
        let senders = self.slots.iter();
        senders.filter_map(|(from, slot)| match slot {
            Slot::Absent => None,
            Slot::Unused => Some(self.unused_view(from)),
            Slot::Used(link) => {
                let index = link as usize;
                Some(self.links[index].view(index))
            }
        })
    }

    fn unused_view(&self, from: u32) -> LinkView {
        let newest = |kind: fn(&Effect<P>) -> bool| {
            let mut faults = self.unused_faults.on(from).rev();
            faults.find_map(|(fault, effect)| kind(&effect).then(|| fault.clone()))
        };
        LinkView {
            cut: newest(Effect::is_cut),
            hold: newest(Effect::is_hold),
            ..LinkView::unused(from)
        }
    }
}

/// An index of a link. There are no more links than shards, which number fewer than 2^32.
#[allow(clippy::cast_possible_truncation, reason = "see above")]
pub(crate) fn index(link: usize) -> u32 {
    link as u32
}
