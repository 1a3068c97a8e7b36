//! Random sequences of everything that one can do to a mesh, against a model of it in plain
//! collections: each step gives what the model says, and everybody who can go on was woken.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use shard_mesh::{
    Endpoint, InProcessTransportFactory, ShardId, TransportError, TryRecvError, TrySendError,
};

const SHARDS: u64 = 4;

#[derive(Clone, Copy, Debug)]
enum Step {
    Create(u64),
    /// With all that waits on its endpoint.
    Drop(u64),
    Connect(u64, u64),
    Disconnect(u64, u64),
    TrySend(u64, u64),
    TryReceive(u64),
    /// Polls a new future once; one that waits is kept.
    Send(u64, u64),
    Receive(u64),
    /// Of those that wait, by index modulo their number.
    Poll(usize),
    Cancel(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let shard = || 0..SHARDS;
    let link = || (0..SHARDS, 1..SHARDS).prop_map(|(from, by)| (from, (from + by) % SHARDS));
    prop_oneof![
        2 => shard().prop_map(Step::Create),
        1 => shard().prop_map(Step::Drop),
        4 => link().prop_map(|(from, to)| Step::Connect(from, to)),
        2 => link().prop_map(|(from, to)| Step::Disconnect(from, to)),
        6 => link().prop_map(|(from, to)| Step::TrySend(from, to)),
        6 => shard().prop_map(Step::TryReceive),
        10 => link().prop_map(|(from, to)| Step::Send(from, to)),
        8 => shard().prop_map(Step::Receive),
        8 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::Cancel),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn a_mesh_does_what_its_model_says(
        capacity in 1..4_usize,
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let mut world = World::new(capacity);
        for step in steps {
            world.take(step);
            world.check();
        }
    }
}

type Number = u32;

/// What the mesh should be.
#[derive(Default)]
struct Model {
    capacity: usize,
    alive: BTreeMap<u64, bool>,
    links: BTreeMap<(u64, u64), Link>,
    /// What has arrived at each shard, and from whom.
    inboxes: BTreeMap<u64, VecDeque<(u64, Number)>>,
}

#[derive(Default)]
struct Link {
    open: bool,
    /// The names of those who wait for room.
    line: Vec<usize>,
    sent: u64,
    delivered: u64,
    dropped: u64,
}

impl Link {
    fn in_flight(&self) -> usize {
        usize::try_from(self.sent - self.delivered - self.dropped).unwrap()
    }
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Sent(Result<(), TransportError>),
    Received(Option<(ShardId, Number)>),
}

impl Model {
    fn is_alive(&self, id: u64) -> bool {
        self.alive.get(&id) == Some(&true)
    }

    fn create(&mut self, id: u64) {
        self.alive.insert(id, true);
        for ((_, to), link) in &mut self.links {
            link.open &= *to != id;
        }
    }

    fn drop(&mut self, id: u64) {
        self.alive.insert(id, false);
        self.inboxes.remove(&id);
        for ((from, to), link) in &mut self.links {
            if *to == id {
                link.dropped += link.in_flight() as u64;
            }
            link.open &= *from != id;
        }
    }

    fn link(&mut self, from: u64, to: u64) -> &mut Link {
        self.links.entry((from, to)).or_default()
    }

    /// What becomes of a send by `name`, or by one that waits for nothing.
    fn send(&mut self, from: u64, to: u64, number: Number, name: Option<usize>) -> Poll<Outcome> {
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

    fn is_closed(&self, id: u64) -> bool {
        !self
            .links
            .iter()
            .any(|((_, to), link)| *to == id && link.open)
    }

    fn arrived(&self, id: u64) -> usize {
        self.inboxes.get(&id).map_or(0, VecDeque::len)
    }

    fn receive(&mut self, id: u64) -> Poll<Outcome> {
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

/// The mesh, its model, and all futures that wait.
struct World {
    factory: InProcessTransportFactory<Number>,
    shards: BTreeMap<u64, Endpoint<Number>>,
    model: Model,
    /// By name; names grow.
    waiting: BTreeMap<usize, Waiting>,
    next: Number,
}

struct Waiting {
    what: What,
    future: Pin<Box<dyn Future<Output = Outcome>>>,
    woken: Arc<Flag>,
}

#[derive(Clone, Copy)]
enum What {
    Send { from: u64, to: u64, number: Number },
    Receive { by: u64 },
}

impl What {
    fn shard(self) -> u64 {
        match self {
            Self::Send { from, .. } => from,
            Self::Receive { by } => by,
        }
    }
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Waiting {
    fn new(shard: Endpoint<Number>, what: What) -> Self {
        let future = async move {
            match what {
                What::Send { to, number, .. } => {
                    Outcome::Sent(shard.send_segment(ShardId(to), number).await)
                }
                What::Receive { .. } => Outcome::Received(shard.recv_segment_from().await),
            }
        };
        Self {
            what,
            future: Box::pin(future),
            woken: Arc::default(),
        }
    }

    fn poll(&mut self) -> Poll<Outcome> {
        self.woken.0.store(false, Ordering::SeqCst);
        let waker = Waker::from(self.woken.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::SeqCst)
    }
}

impl World {
    /// A full mesh.
    fn new(capacity: usize) -> Self {
        let mut world = Self {
            factory: InProcessTransportFactory::with_capacity(capacity),
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
    fn take(&mut self, step: Step) {
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

    fn check(&self) {
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
