//! The mesh beside its model: each step is taken on both.

use std::collections::BTreeMap;
use std::task::Poll;

use shard_mesh::{
    Endpoint, InProcessTransportFactory, ShardId, TransportError, TryRecvError, TrySendError,
};

use crate::model::{Model, Outcome};
use crate::waiting::{Waiting, What};
use crate::{Number, SHARDS, Step};

/// The mesh, its model, and all futures that wait.
pub(crate) struct World {
    factory: InProcessTransportFactory<Number>,
    shards: BTreeMap<u64, Endpoint<Number>>,
    model: Model,
    /// By name; names grow.
    waiting: BTreeMap<usize, Waiting>,
    next: Number,
}

impl World {
    /// A full mesh.
    pub(crate) fn new(capacity: usize) -> Self {
        let mut world = Self {
            factory: InProcessTransportFactory::new().with_capacity(capacity),
            shards: BTreeMap::new(),
            model: Model {
                capacity,
                ..Model::default()
            },
            waiting: BTreeMap::new(),
            next: 0,
        };
        for id in 0..SHARDS {
            world.take(Step::Create(id));
        }
        for from in 0..SHARDS {
            for to in 0..SHARDS {
                world.take(Step::Connect(from, to));
            }
        }
        world
    }

    /// Takes `step`, unless it would be a mistake.
    pub(crate) fn take(&mut self, step: Step) {
        match step {
            Step::Create(id) if !self.model.is_alive(id) => {
                self.model.create(id);
                self.shards.insert(id, self.factory.create(ShardId(id)));
            }
            Step::Drop(id) => self.drop(id),
            Step::Connect(from, to)
                if from != to && self.model.is_alive(from) && self.model.is_alive(to) =>
            {
                self.model.link(from, to).open = true;
                self.factory.connect(ShardId(from), ShardId(to));
            }
            Step::Disconnect(from, to) => {
                self.model.link(from, to).open = false;
                self.factory.disconnect(ShardId(from), ShardId(to));
            }
            Step::TrySend(from, to) => self.try_send(from, to),
            Step::TryReceive(id) => self.try_receive(id),
            Step::Send(from, to) => {
                let number = self.number();
                self.start(What::Send { from, to, number });
            }
            Step::Receive(by) => self.start(What::Receive { by }),
            Step::Poll(index) => {
                if let Some(name) = self.name(index) {
                    self.poll(name);
                }
            }
            Step::Cancel(index) => {
                if let Some(name) = self.name(index) {
                    self.cancel(name);
                }
            }
            Step::Create(_) | Step::Connect(..) => {}
        }
    }

    fn number(&mut self) -> Number {
        self.next += 1;
        self.next
    }

    fn name(&self, index: usize) -> Option<usize> {
        let index = index.checked_rem(self.waiting.len())?;
        self.waiting.keys().nth(index).copied()
    }

    fn drop(&mut self, id: u64) {
        let of_shard = |waiting: &Waiting| waiting.what.shard() == id;
        let names: Vec<_> = (self.waiting.iter())
            .filter(|(_, waiting)| of_shard(waiting))
            .map(|(&name, _)| name)
            .collect();
        for name in names {
            self.cancel(name);
        }
        if self.shards.remove(&id).is_some() {
            self.model.drop(id);
        }
    }

    fn try_send(&mut self, from: u64, to: u64) {
        let number = self.number();
        let Some(shard) = self.shards.get(&from) else {
            return;
        };
        let expected = match self.model.send(from, to, number, None) {
            Poll::Pending => Err(TrySendError::Full(number)),
            Poll::Ready(Outcome::Sent(Ok(()))) => Ok(()),
            Poll::Ready(Outcome::Sent(Err(TransportError::UnknownPeer(peer)))) => {
                Err(TrySendError::UnknownPeer(peer, number))
            }
            Poll::Ready(_) => Err(TrySendError::Closed(number)),
        };
        assert_eq!(shard.try_send_segment(ShardId(to), number), expected);
    }

    fn try_receive(&mut self, id: u64) {
        let Some(shard) = self.shards.get(&id) else {
            return;
        };
        let expected = match self.model.receive(id) {
            Poll::Pending => Err(TryRecvError::Empty),
            Poll::Ready(Outcome::Received(Some((_, number)))) => Ok(number),
            Poll::Ready(_) => Err(TryRecvError::Closed),
        };
        assert_eq!(shard.try_recv_segment(), expected);
    }

    fn start(&mut self, what: What) {
        let Some(shard) = self.shards.get(&what.shard()) else {
            return;
        };
        let name = self.waiting.keys().next_back().map_or(0, |last| last + 1);
        self.waiting.insert(name, Waiting::new(shard.clone(), what));
        self.poll(name);
    }

    fn poll(&mut self, name: usize) {
        let waiting = self.waiting.get_mut(&name).unwrap();
        let expected = match waiting.what {
            What::Send { from, to, number } => self.model.send(from, to, number, Some(name)),
            What::Receive { by } => self.model.receive(by),
        };
        assert_eq!(waiting.poll(), expected);
        if expected.is_ready() {
            self.waiting.remove(&name);
        }
    }

    fn cancel(&mut self, name: usize) {
        if let What::Send { from, to, .. } = self.waiting[&name].what {
            self.model
                .link(from, to)
                .line
                .retain(|&other| other != name);
        }
        self.waiting.remove(&name);
    }

    pub(crate) fn check(&self) {
        self.senders_that_can_go_on_were_woken();
        self.receivers_that_can_go_on_were_woken();
        self.counts_are_right();
    }

    fn senders_that_can_go_on_were_woken(&self) {
        for ((from, to), link) in &self.model.links {
            let room = if link.open && self.model.is_alive(*to) {
                self.model.capacity - link.in_flight()
            } else {
                usize::MAX
            };
            for name in link.line.iter().take(room) {
                assert!(
                    self.waiting[name].is_woken(),
                    "a sender on {from} -> {to} sleeps on"
                );
            }
        }
    }

    fn receivers_that_can_go_on_were_woken(&self) {
        for &id in self.shards.keys() {
            let is_here =
                |waiting: &&Waiting| matches!(waiting.what, What::Receive { by } if by == id);
            let receivers = || self.waiting.values().filter(is_here);
            let awake = receivers().filter(|waiting| waiting.is_woken()).count();
            let can_go_on = match self.model.arrived(id) {
                0 if self.model.is_closed(id) => receivers().count(),
                arrived => receivers().count().min(arrived),
            };
            assert!(
                awake >= can_go_on,
                "{awake} of {can_go_on} receivers of {id} were woken"
            );
        }
    }

    fn counts_are_right(&self) {
        let links = &self.model.links;
        let open: Vec<_> = (links.iter())
            .filter(|(_, link)| link.open)
            .map(|(&(from, to), _)| (ShardId(from), ShardId(to)))
            .collect();
        assert_eq!(self.factory.mesh().links(), open);
        let counts = self.factory.mesh().stats();
        let actual: Vec<_> = (counts.links().iter())
            .filter(|link| link.sent > 0)
            .map(|link| {
                (
                    link.from.0,
                    link.to.0,
                    link.sent,
                    link.delivered,
                    link.dropped,
                )
            })
            .collect();
        let expected: Vec<_> = (links.iter())
            .filter(|(_, link)| link.sent > 0)
            .map(|(&(from, to), link)| (from, to, link.sent, link.delivered, link.dropped))
            .collect();
        assert_eq!(actual, expected);
    }
}
