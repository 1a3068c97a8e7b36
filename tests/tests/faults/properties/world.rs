//! A mesh, and what must be true of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use shard_mesh::{Endpoint, Fault, InProcessTransportFactory, Mesh, ShardId};
use tokio::task::JoinHandle;
use tokio::time::{advance, sleep};

use crate::support::{ms, run_all};

/// One thing that happens; the numbers choose among the links or shards that there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Send(u8),
    WaitToSend(u8),
    Receive(u8, u8),
    WaitToReceive(u8),
    Run,
    Advance(u8),
    Cut(u8),
    Hold(u8),
    Loss(u8),
    Duplicate(u8),
    Reorder(u8),
    Latency(u8, u8),
    Rate(u8),
    Heal(u8),
    HealCuts,
    Release(u8),
    DeliverNext(u8),
    Crash(u8),
    Restart(u8),
    Pause(u8),
    Resume(u8),
}

pub(crate) type Link = (u64, u64);

/// A segment: its link, and a number that grows.
pub(crate) type Segment = (Link, u64);

/// What a fault that was ever asked for may do to a link.
#[derive(Default)]
struct Excuses {
    lost: BTreeSet<Link>,
    doubled: BTreeSet<Link>,
    reordered: BTreeSet<Link>,
}

pub(crate) struct World {
    capacity: u64,
    mesh: Mesh<Segment>,
    ends: Vec<Endpoint<Segment>>,
    /// Endpoints of older lives, which are dropped in the end.
    dead: Vec<Endpoint<Segment>>,
    alive: Vec<bool>,
    links: Vec<Link>,
    faults: Vec<Fault<Segment>>,
    excuses: Excuses,
    next: u64,
    sent: Arc<Mutex<Vec<Segment>>>,
    received: Arc<Mutex<Vec<Segment>>>,
    senders: Vec<JoinHandle<()>>,
    /// With the shards at which they wait.
    receivers: Vec<(u64, JoinHandle<()>)>,
}

/// Polls a task at once, so that it has its place in line, and spawns it if it waits.
fn start(task: impl Future<Output = ()> + Send + 'static) -> Option<JoinHandle<()>> {
    let mut task = Box::pin(task);
    let polled = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    polled.is_pending().then(|| tokio::spawn(task))
}

impl World {
    /// A full mesh of `factory`, whose links hold `capacity`.
    pub(crate) fn new(
        factory: &InProcessTransportFactory<Segment>,
        shards: u64,
        capacity: u64,
    ) -> Self {
        let ends: Vec<_> = (0..shards).map(|id| factory.create(ShardId(id))).collect();
        let mut links = Vec::new();
        for from in 0..shards {
            for to in (0..shards).filter(|to| *to != from) {
                factory.connect(ShardId(from), ShardId(to));
                links.push((from, to));
            }
        }
        Self {
            capacity,
            mesh: factory.mesh(),
            alive: vec![true; ends.len()],
            ends,
            dead: Vec::new(),
            links,
            faults: Vec::new(),
            excuses: Excuses::default(),
            next: 0,
            sent: Arc::default(),
            received: Arc::default(),
            senders: Vec::new(),
            receivers: Vec::new(),
        }
    }

    fn link(&self, choice: u8) -> Link {
        self.links[usize::from(choice) % self.links.len()]
    }

    fn shard(&self, choice: u8) -> usize {
        usize::from(choice) % self.ends.len()
    }

    fn segment(&mut self, choice: u8) -> (Endpoint<Segment>, Segment) {
        let link = self.link(choice);
        self.next += 1;
        let from = usize::try_from(link.0).unwrap();
        (self.ends[from].clone(), (link, self.next))
    }

    pub(crate) async fn step(&mut self, step: Step) {
        match step {
            Step::Send(_) | Step::WaitToSend(_) | Step::Receive(..) | Step::WaitToReceive(_) => {
                self.traffic(step);
            }
            Step::Run => run_all().await,
            Step::Advance(millis) => advance(ms(millis.into())).await,
            Step::Crash(_) | Step::Restart(_) | Step::Pause(_) | Step::Resume(_) => {
                self.life(step);
            }
            _ => self.fault(step),
        }
    }

    fn traffic(&mut self, step: Step) {
        match step {
            Step::Send(choice) => {
                let (from, segment) = self.segment(choice);
                if from.try_send_segment(ShardId(segment.0.1), segment).is_ok() {
                    self.sent.lock().unwrap().push(segment);
                }
            }
            Step::WaitToSend(choice) => {
                let (from, segment) = self.segment(choice);
                let sent = self.sent.clone();
                self.senders.extend(start(async move {
                    if from
                        .send_segment(ShardId(segment.0.1), segment)
                        .await
                        .is_ok()
                    {
                        sent.lock().unwrap().push(segment);
                    }
                }));
            }
            Step::Receive(choice, count) => {
                let at = &self.ends[self.shard(choice)];
                let received = (0..count).map_while(|_| at.try_recv_segment().ok());
                self.received.lock().unwrap().extend(received);
            }
            Step::WaitToReceive(choice) => {
                let shard = self.shard(choice);
                let at = self.ends[shard].clone();
                let received = self.received.clone();
                let task = start(async move {
                    if let Some(segment) = at.recv_segment().await {
                        received.lock().unwrap().push(segment);
                    }
                });
                self.receivers.extend(task.map(|task| (shard as u64, task)));
            }
            _ => unreachable!("{step:?}"),
        }
    }

    fn life(&mut self, step: Step) {
        match step {
            Step::Crash(choice) => {
                let shard = self.shard(choice);
                if std::mem::replace(&mut self.alive[shard], false) {
                    self.mesh.crash(shard as u64);
                    let touched = |&&(from, to): &&Link| from == shard as u64 || to == shard as u64;
                    self.excuses.lost.extend(self.links.iter().filter(touched));
                }
            }
            Step::Restart(choice) => {
                let shard = self.shard(choice);
                if !std::mem::replace(&mut self.alive[shard], true) {
                    let end = self.mesh.restart(shard as u64);
                    self.dead
                        .push(std::mem::replace(&mut self.ends[shard], end));
                }
            }
            Step::Pause(choice) => self.mesh.pause(self.shard(choice) as u64),
            Step::Resume(choice) => self.mesh.resume(self.shard(choice) as u64),
            _ => unreachable!("{step:?}"),
        }
    }

    fn fault(&mut self, step: Step) {
        let (choice, excused) = match step {
            Step::Cut(link) | Step::Loss(link) => (link, Some(&mut self.excuses.lost)),
            Step::Duplicate(link) => (link, Some(&mut self.excuses.doubled)),
            Step::Reorder(link) => (link, Some(&mut self.excuses.reordered)),
            Step::Hold(link)
            | Step::Latency(link, _)
            | Step::Rate(link)
            | Step::Release(link)
            | Step::DeliverNext(link) => (link, None),
            _ => (0, None),
        };
        let (from, to) = self.links[usize::from(choice) % self.links.len()];
        if let Some(excused) = excused {
            excused.insert((from, to));
        }
        let link = self.mesh.link(from, to);
        self.faults.push(match step {
            Step::Cut(_) => link.cut(),
            Step::Loss(_) => link.loss(0.3),
            Step::Duplicate(_) => link.duplicate(0.5),
            Step::Reorder(_) => link.reorder(0.5),
            Step::Hold(_) => link.hold(),
            Step::Latency(_, most) => link.latency(ms(0)..=ms(most.into())),
            Step::Rate(_) => link.rate(300.0),
            Step::Release(_) => return link.release(),
            Step::DeliverNext(_) => return link.deliver_next(),
            Step::HealCuts => return self.mesh.heal(),
            Step::Heal(choice) => {
                if !self.faults.is_empty() {
                    let index = usize::from(choice) % self.faults.len();
                    self.faults.swap_remove(index).heal();
                }
                return;
            }
            _ => unreachable!("{step:?}"),
        });
    }

    /// What is true at every moment.
    pub(crate) fn check(&self) {
        let stats = self.mesh.stats();
        let (sent, received) = (self.sent.lock().unwrap(), self.received.lock().unwrap());
        for link in &self.links {
            let of = stats.link(link.0, link.1);
            let count =
                |segments: &[Segment]| segments.iter().filter(|s| s.0 == *link).count() as u64;
            assert_eq!(of.sent, count(&sent), "sent: {of:?}");
            assert_eq!(of.delivered, count(&received), "delivered: {of:?}");
            let there = of.in_flight + of.held + of.waiting;
            assert_eq!(
                of.sent + of.duplicated,
                of.delivered + of.dropped + there,
                "{of:?}"
            );
            if !self.excuses.lost.contains(link) {
                assert_eq!(of.dropped, 0, "{of:?}");
            }
            if !self.excuses.doubled.contains(link) {
                assert_eq!(of.duplicated, 0, "{of:?}");
            }
            // Copies take no room.
            assert!(
                there <= self.capacity + of.duplicated,
                "over its capacity: {of:?}"
            );
        }
        // Whoever waits for room is numbered by its link when it gets it, not when it asked.
        let sent: BTreeMap<_, _> = sent.iter().zip(0..).collect();
        let mut last = BTreeMap::new();
        let mut times = BTreeMap::<_, u64>::new();
        for segment in received.iter() {
            let number: i32 = *sent.get(segment).expect("was never sent");
            let times = times.entry(segment).or_default();
            *times += 1;
            assert!(*times <= 1 + u64::from(self.excuses.doubled.contains(&segment.0)));
            if !self.excuses.reordered.contains(&segment.0) {
                let before = last.insert(segment.0, number);
                assert!(before <= Some(number), "{segment:?} came after a later one");
            }
        }
    }

    /// Ends all faults: then everything that was not lost arrives, and nobody waits to send. It sleeps,
    /// because what is to be overtaken arrives at last when no task can run.
    pub(crate) async fn finish(mut self) {
        for fault in self.faults.drain(..) {
            fault.heal();
        }
        self.mesh.all().release();
        for shard in 0..self.ends.len() {
            let choice = u8::try_from(shard).unwrap();
            self.life(Step::Resume(choice));
            self.life(Step::Restart(choice));
        }
        for _ in 0..5 {
            run_all().await;
            sleep(ms(200)).await;
        }
        run_all().await;
        self.nobody_sleeps_over_segments();
        for _ in 0..25 {
            run_all().await;
            sleep(ms(20)).await;
            run_all().await;
            for shard in 0..self.ends.len() {
                self.traffic(Step::Receive(u8::try_from(shard).unwrap(), 255));
            }
        }
        self.check();
        let stats = self.mesh.stats();
        for of in stats.links() {
            assert_eq!((of.in_flight, of.held, of.waiting), (0, 0, 0), "{of:?}");
            assert_eq!(of.sent + of.duplicated, of.delivered + of.dropped);
        }
        let stuck = self
            .senders
            .iter()
            .filter(|task| !task.is_finished())
            .count();
        assert_eq!(stuck, 0, "tasks wait for room on empty links");
        for (_, task) in self.receivers {
            task.abort();
        }
    }

    /// Whoever waits for a segment gets it when it is due.
    fn nobody_sleeps_over_segments(&self) {
        let stats = self.mesh.stats();
        for (shard, task) in &self.receivers {
            let to_it = |of: &&shard_mesh::LinkStats| of.to == ShardId(*shard);
            let there = stats.links().iter().filter(to_it);
            let there: u64 = there.map(|of| of.waiting + of.in_flight).sum();
            assert!(
                task.is_finished() || there == 0,
                "a receiver sleeps at {shard}:\n{stats}"
            );
        }
    }
}
