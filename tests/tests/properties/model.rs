//! What the mesh should be, in plain collections.

use std::collections::{BTreeMap, VecDeque};
use std::task::Poll;

use shard_mesh::{ShardId, TransportError};

use crate::Number;

/// What the mesh should be.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) capacity: usize,
    pub(crate) alive: BTreeMap<u64, bool>,
    pub(crate) links: BTreeMap<(u64, u64), Link>,
    /// What has arrived at each shard, and from whom.
    pub(crate) inboxes: BTreeMap<u64, VecDeque<(u64, Number)>>,
}

#[derive(Default)]
pub(crate) struct Link {
    pub(crate) open: bool,
    /// The names of those who wait for room.
    pub(crate) line: Vec<usize>,
    pub(crate) sent: u64,
    pub(crate) delivered: u64,
    pub(crate) dropped: u64,
}

impl Link {
    pub(crate) fn in_flight(&self) -> usize {
        usize::try_from(self.sent - self.delivered - self.dropped).unwrap()
    }
}

#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Sent(Result<(), TransportError>),
    Received(Option<(ShardId, Number)>),
}

impl Model {
    pub(crate) fn is_alive(&self, id: u64) -> bool {
        self.alive.get(&id) == Some(&true)
    }

    pub(crate) fn create(&mut self, id: u64) {
        self.alive.insert(id, true);
        for ((_, to), link) in &mut self.links {
            link.open &= *to != id;
        }
    }

    pub(crate) fn drop(&mut self, id: u64) {
        self.alive.insert(id, false);
        self.inboxes.remove(&id);
        for ((from, to), link) in &mut self.links {
            if *to == id {
                link.dropped += link.in_flight() as u64;
            }
            link.open &= *from != id;
        }
    }

    pub(crate) fn link(&mut self, from: u64, to: u64) -> &mut Link {
        self.links.entry((from, to)).or_default()
    }

    /// What becomes of a send by `name`, or by one that waits for nothing.
    pub(crate) fn send(
        &mut self,
        from: u64,
        to: u64,
        number: Number,
        name: Option<usize>,
    ) -> Poll<Outcome> {
        let (capacity, alive) = (self.capacity, self.is_alive(to));
        let link = self.link(from, to);
        let place = link.line.iter().position(|&other| Some(other) == name);
        let ahead = place.unwrap_or(link.line.len());
        let sent = if !link.open {
            Err(TransportError::UnknownPeer(ShardId(to)))
        } else if !alive {
            Err(TransportError::Closed)
        } else if ahead < capacity - link.in_flight() {
            Ok(())
        } else {
            if let (None, Some(name)) = (place, name) {
                link.line.push(name);
            }
            return Poll::Pending;
        };
        if let Some(place) = place {
            link.line.remove(place);
        }
        if sent.is_ok() {
            link.sent += 1;
            self.inboxes
                .entry(to)
                .or_default()
                .push_back((from, number));
        }
        Poll::Ready(Outcome::Sent(sent))
    }

    pub(crate) fn is_closed(&self, id: u64) -> bool {
        !self
            .links
            .iter()
            .any(|((_, to), link)| *to == id && link.open)
    }

    pub(crate) fn arrived(&self, id: u64) -> usize {
        self.inboxes.get(&id).map_or(0, VecDeque::len)
    }

    pub(crate) fn receive(&mut self, id: u64) -> Poll<Outcome> {
        let Some((from, number)) = self.inboxes.entry(id).or_default().pop_front() else {
            return if self.is_closed(id) {
                Poll::Ready(Outcome::Received(None))
            } else {
                Poll::Pending
            };
        };
        self.link(from, id).delivered += 1;
        Poll::Ready(Outcome::Received(Some((ShardId(from), number))))
    }
}
