//! The half of an inbox that senders touch: the links that lead to it, what has arrived on them,
//! and who waits. Nothing here locks or wakes.

use std::collections::VecDeque;
use std::task::Waker;

use crate::line::{Line, Ticket, Tickets};
use crate::log::Log;
use crate::{ShardId, TransportError};

/// Who sends: its name, and its index in the table of shards, by which links are found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub(crate) id: ShardId,
    pub(crate) index: u32,
}

/// What is known of the link from one sender. A link takes eight bytes until it is used.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Absent,
    /// Connected, and nothing was sent yet.
    Unused,
    /// Index into `links`. The entry outlives a closed link, for its counts.
    Used(u32),
}

/// A link that was used.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) from: Sender,
    open: bool,
    pub(crate) sent: u64,
    /// As far as this half has been told; never more than were received.
    pub(crate) received: u64,
    pub(crate) dropped: u64,
    /// Tasks that wait for room.
    pub(crate) senders: Line,
}

impl Link {
    /// Segments that were sent and not yet received: what counts against the capacity.
    pub(crate) fn in_flight(&self) -> u64 {
        self.sent - self.received - self.dropped
    }
}

/// A segment that has arrived.
pub(crate) struct Arrived<P> {
    /// Index of its link.
    pub(crate) link: u32,
    /// The sender's logical time, when a log is kept.
    pub(crate) tick: u64,
    pub(crate) payload: P,
}

/// The state of one link, for reports.
pub(crate) struct LinkView {
    /// Index of the sender.
    pub(crate) from: u32,
    pub(crate) open: bool,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) dropped: u64,
    pub(crate) in_flight: u64,
    /// Since when each task that waits for room does, in milliseconds of the test's clock.
    pub(crate) senders: Vec<u64>,
}

/// Why a segment cannot be sent now.
pub(crate) enum Refused {
    Error(TransportError),
    /// The link, as far as this half knows, has no room for this sender.
    Full(usize),
}

pub(crate) struct Arrivals<P> {
    capacity: u64,
    /// Whether the shard's endpoint is alive.
    pub(crate) alive: bool,
    /// How many open links lead here.
    pub(crate) open_links: usize,
    pub(crate) queue: VecDeque<Arrived<P>>,
    /// By index of the sender.
    slots: Vec<Slot>,
    pub(crate) links: Vec<Link>,
    /// Tasks that wait for a segment.
    pub(crate) receivers: Line,
    pub(crate) tickets: Tickets,
    pub(crate) log: Log,
}

impl<P> Arrivals<P> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity as u64,
            alive: true,
            open_links: 0,
            queue: VecDeque::new(),
            slots: Vec::new(),
            links: Vec::new(),
            receivers: Line::default(),
            tickets: Tickets::default(),
            log: Log::default(),
        }
    }

    fn slot(&self, from: u32) -> Slot {
        self.slots
            .get(from as usize)
            .copied()
            .unwrap_or(Slot::Absent)
    }

    fn set_slot(&mut self, from: u32, slot: Slot) {
        let from = from as usize;
        if from >= self.slots.len() {
            self.slots.resize(from + 1, Slot::Absent);
        }
        self.slots[from] = slot;
    }

    /// Opens the link from `from`; without effect if it is open.
    pub(crate) fn open(&mut self, from: u32) {
        match self.slot(from) {
            Slot::Unused => return,
            Slot::Absent => self.set_slot(from, Slot::Unused),
            Slot::Used(link) => {
                let link = &mut self.links[link as usize];
                if link.open {
                    return;
                }
                link.open = true;
            }
        }
        self.open_links += 1;
    }

    /// Closes the link from `from`; without effect if it is not open. What was sent on it stays
    /// to be received. Returns who is to be woken.
    pub(crate) fn close(&mut self, from: u32) -> Vec<Waker> {
        let mut woken = Vec::new();
        match self.slot(from) {
            Slot::Absent => return woken,
            Slot::Unused => self.set_slot(from, Slot::Absent),
            Slot::Used(link) => {
                let link = &mut self.links[link as usize];
                if !link.open {
                    return woken;
                }
                link.open = false;
                woken.extend(link.senders.wake_all());
            }
        }
        self.open_links -= 1;
        if self.open_links == 0 {
            woken.extend(self.receivers.wake_all());
        }
        woken
    }

    /// Closes all links without waking anybody: who waited was woken when the endpoint went.
    pub(crate) fn close_all(&mut self) {
        self.open_links = 0;
        for slot in &mut self.slots {
            match slot {
                Slot::Absent | Slot::Unused => *slot = Slot::Absent,
                Slot::Used(link) => self.links[*link as usize].open = false,
            }
        }
    }

    /// Index of the open link from `from`, which is made a used one.
    fn open_link(&mut self, from: Sender) -> Option<usize> {
        match self.slot(from.index) {
            Slot::Absent => None,
            Slot::Used(link) => {
                let link = link as usize;
                self.links[link].open.then_some(link)
            }
            Slot::Unused => {
                let link = self.links.len();
                self.links.push(Link {
                    from,
                    open: true,
                    sent: 0,
                    received: 0,
                    dropped: 0,
                    senders: Line::default(),
                });
                self.set_slot(from.index, Slot::Used(index(link)));
                Some(link)
            }
        }
    }

    /// The link from `from` if it was ever used.
    pub(crate) fn used_link(&mut self, from: u32) -> Option<&mut Link> {
        match self.slot(from) {
            Slot::Used(link) => Some(&mut self.links[link as usize]),
            Slot::Absent | Slot::Unused => None,
        }
    }

    /// Finds the link on which the holder of `ticket` may send now. It leaves the line, unless
    /// the link is full.
    pub(crate) fn admit(
        &mut self,
        from: Sender,
        to: ShardId,
        ticket: &mut Option<Ticket>,
    ) -> Result<usize, Refused> {
        let Some(index) = self.open_link(from) else {
            // Whoever waited was woken when the link closed, so no turn is lost here.
            if let Some(link) = self.used_link(from.index) {
                link.senders.leave(ticket);
            }
            return Err(Refused::Error(TransportError::UnknownPeer(to)));
        };
        let link = &mut self.links[index];
        if !self.alive {
            link.senders.leave(ticket);
            return Err(Refused::Error(TransportError::Closed));
        }
        let room = self.capacity.saturating_sub(link.in_flight());
        if link.senders.ahead(*ticket) as u64 >= room {
            return Err(Refused::Full(index));
        }
        // Room falls by one as the line moves up by one: nobody else's turn has come.
        link.senders.leave(ticket);
        Ok(index)
    }

    /// Puts a segment at the end of the queue. Returns the receiver to be woken.
    pub(crate) fn push(&mut self, link: usize, tick: u64, payload: P) -> Option<Waker> {
        self.links[link].sent += 1;
        self.queue.push_back(Arrived {
            link: index(link),
            tick,
            payload,
        });
        self.receivers.wake()
    }

    /// All links that lead or led here, in the order in which their senders were created.
    pub(crate) fn views(&self) -> impl Iterator<Item = LinkView> {
        (0u32..)
            .zip(&self.slots)
            .filter_map(|(from, slot)| match slot {
                Slot::Absent => None,
                Slot::Unused => Some(LinkView {
                    from,
                    open: true,
                    sent: 0,
                    received: 0,
                    dropped: 0,
                    in_flight: 0,
                    senders: Vec::new(),
                }),
                Slot::Used(link) => {
                    let link = &self.links[*link as usize];
                    Some(LinkView {
                        from,
                        open: link.open,
                        sent: link.sent,
                        received: link.received,
                        dropped: link.dropped,
                        in_flight: link.in_flight(),
                        senders: link.senders.since().collect(),
                    })
                }
            })
    }
}

/// An index of a link. There are no more links than shards, which number fewer than 2^32.
#[allow(clippy::cast_possible_truncation, reason = "see above")]
fn index(link: usize) -> u32 {
    link as u32
}
