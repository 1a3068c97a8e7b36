//! Three peers elect a leader by heartbeats. Without a quorum a partition makes two of them accept
//! writes; with a quorum it does not. One test tells the two apart.
//!
//! Learn from it: what must never be is a property (`mesh.always`), which is asked whenever something may
//! have changed; `mesh.partition` and `mesh.heal` come in the middle of a test; one and the same property
//! stands on a calm network and in a sweep under chaos. It leans on three promises: a cut link swallows
//! what is sent and says `Ok`, as a network would; a heal ends the cut, and not the latency and the loss;
//! and a property that does not hold for one moment fails the test at that moment.
//!
//! `cargo run --example split_brain` tells both stories; `cargo test --example split_brain --
//! --ignored` runs the test that fails without a quorum.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shard_mesh::{Endpoint, Mesh, ShardId, ms};
use tokio::time::{Instant, sleep, timeout_at};

/// How often a peer tells the others that it lives.
const HEARTBEAT: Duration = Duration::from_millis(50);
/// A peer that was not heard of for so long is taken for dead.
const SILENCE: Duration = Duration::from_millis(200);
/// How long a vote binds who gave it. Longer than `SILENCE`, it would keep a new leader waiting.
const LEASE: Duration = Duration::from_millis(200);
/// How many votes make a leader: its own alone, or a majority of three.
const NO_QUORUM: usize = 1;
const MAJORITY: usize = 2;

#[derive(Clone, Copy, Debug)]
enum Message {
    /// I live. Tells whether I lead, and, if I want your vote, the moment of my clock at which I ask.
    Heartbeat { leads: bool, asks: Option<Instant> },
    /// You have my vote, for which you asked at that moment of your clock.
    Vote { asked: Instant },
}

/// What one peer knows.
struct Peer {
    id: ShardId,
    quorum: usize,
    candidate: bool,
    /// When it last heard of each of the others.
    heard: BTreeMap<ShardId, Instant>,
    /// When it last heard of a leader.
    heard_leader: Instant,
    /// Whom its own vote is given to, and until when.
    vote: Option<(ShardId, Instant)>,
    /// Until when it has the vote of whom, itself included.
    votes: BTreeMap<ShardId, Instant>,
}

impl Peer {
    fn new(id: ShardId, quorum: usize) -> Self {
        Self {
            id,
            quorum,
            candidate: false,
            heard: BTreeMap::new(),
            heard_leader: Instant::now(),
            vote: None,
            votes: BTreeMap::new(),
        }
    }

    /// Whether it accepts writes: only for as long as its votes bind those who gave them. Cut off
    /// from them it ceases to lead, though nobody tells it.
    fn leads(&self) -> bool {
        let now = Instant::now();
        let votes = self.votes.values().filter(|&&until| now < until).count();
        self.candidate && votes >= self.quorum
    }

    /// Gives its vote, unless another has it. Two majorities share a peer, and this is where that
    /// peer keeps one of them from being made.
    fn give_vote(&mut self, to: ShardId) -> bool {
        let now = Instant::now();
        let free = |(holder, until)| holder == to || until <= now;
        let gives = self.vote.is_none_or(free);
        if gives {
            self.vote = Some((to, now + LEASE));
        }
        gives
    }

    /// Counted from when it was asked for: it ends here before it ends there, whatever the latency.
    fn take_vote(&mut self, from: ShardId, asked: Instant) {
        let until = self.votes.entry(from).or_insert(asked);
        *until = (asked + LEASE).max(*until);
    }

    /// Decides whether to lead, and says so.
    fn beat(&mut self) -> Message {
        let now = Instant::now();
        let lives = |since: Instant| now - since < SILENCE;
        let lowest = !(self.heard.range(..self.id)).any(|(_, &since)| lives(since));
        if !self.leads() {
            self.candidate = lowest && !lives(self.heard_leader);
        }
        if self.candidate && self.give_vote(self.id) {
            self.take_vote(self.id, now);
        }
        Message::Heartbeat {
            leads: self.leads(),
            asks: self.candidate.then_some(now),
        }
    }

    /// Takes note of a message, and says what to answer.
    fn hear(&mut self, from: ShardId, message: Message) -> Option<Message> {
        match message {
            Message::Heartbeat { leads, asks } => {
                self.heard.insert(from, Instant::now());
                if leads {
                    self.heard_leader = Instant::now();
                    // It gives way, unless it leads itself and has the lower id.
                    self.candidate &= self.leads() && self.id < from;
                }
                let asked = asks?;
                self.give_vote(from).then_some(Message::Vote { asked })
            }
            Message::Vote { asked } => {
                self.take_vote(from, asked);
                None
            }
        }
    }
}

/// A peer, as its task and the test share it.
type Shared = Arc<Mutex<Peer>>;

/// The life of a peer. Whether those that it sends to are gone or cut off it cannot tell.
async fn live(endpoint: Endpoint<Message>, peer: Shared) {
    let me = endpoint.local_shard();
    let others = (0..3).map(ShardId).filter(|&id| id != me);
    let mut next_beat = Instant::now();
    loop {
        match timeout_at(next_beat, endpoint.recv_segment_from()).await {
            Ok(Some((from, message))) => {
                let answer = peer.lock().unwrap().hear(from, message);
                if let Some(answer) = answer {
                    endpoint.send_segment(from, answer).await.ok();
                }
            }
            Ok(None) => return,
            Err(_) => {
                next_beat += HEARTBEAT;
                let beat = peer.lock().unwrap().beat();
                for other in others.clone() {
                    endpoint.send_segment(other, beat).await.ok();
                }
            }
        }
    }
}

/// Who was the last to accept writes, if anybody did.
type Last = Arc<Mutex<Option<u64>>>;

/// Starts the peers, and calls `look` with those that accept writes at any moment at which that may have
/// changed.
fn start(
    mesh: &Mesh<Message>,
    endpoints: [Endpoint<Message>; 3],
    quorum: usize,
    mut look: impl FnMut(&[u64]) + Send + 'static,
) -> Last {
    let peers = endpoints.map(|endpoint| {
        let id = endpoint.local_shard();
        let peer = Arc::new(Mutex::new(Peer::new(id, quorum)));
        mesh.spawn(id, live(endpoint, peer.clone()));
        peer
    });
    let last = Last::default();
    let seen = last.clone();
    mesh.always("at most one accepts writes", move || {
        let leaders = peers.iter().map(|peer| peer.lock().unwrap());
        let leaders = leaders.filter(|peer| peer.leads());
        let leaders: Vec<_> = leaders.map(|peer| peer.id.0).collect();
        if let Some(first) = leaders.first() {
            *seen.lock().unwrap() = Some(*first);
        }
        look(&leaders);
    });
    last
}

/// What happens to the peers: nothing for a while, then a partition, then its end. Returns who was
/// the last to lead in each.
async fn part_and_heal(mesh: &Mesh<Message>, last: &Last) -> [Option<u64>; 3] {
    // The seed chooses also where between two heartbeats the partition comes.
    let before = mesh.pick("before the partition", ms(1000)..ms(1050));
    let led = async |time| {
        sleep(time).await;
        last.lock().unwrap().take()
    };
    let before = led(before).await;
    mesh.partition([0], [1, 2]);
    let during = led(ms(1000)).await;
    mesh.heal();
    [before, during, led(ms(1000)).await]
}

#[cfg(test)]
fn no_two_leaders(leaders: &[u64]) {
    assert!(leaders.len() < 2, "split brain: {leaders:?} accept writes");
}

#[shard_mesh::test(peers = 0..3, latency = "5ms")]
async fn a_quorum_moves_the_leader(endpoints: [Endpoint<Message>; 3], mesh: Mesh<Message>) {
    let last = start(&mesh, endpoints, MAJORITY, no_two_leaders);
    let led = part_and_heal(&mesh, &last).await;
    assert_eq!(led, [Some(0), Some(1), Some(1)]);
}

/// The same under whatever faults the seed makes of it, and on clocks of which no peer makes anything.
#[shard_mesh::test(peers = 0..3, latency = "1ms..20ms", chaos, seeds = 0..100)]
async fn with_a_quorum_there_are_never_two(endpoints: [Endpoint<Message>; 3], mesh: Mesh<Message>) {
    let last = start(&mesh, endpoints, MAJORITY, no_two_leaders);
    sleep(ms(3000)).await;
    mesh.calm().await;
    last.lock().unwrap().take();
    let leads = move || last.lock().unwrap().is_some();
    mesh.until("somebody leads", leads).within(ms(1000)).await;
}

#[shard_mesh::test(peers = 0..3, latency = "1ms..20ms", chaos = [partition], seeds = 0..200)]
#[should_panic(expected = "split brain: ")]
async fn the_sweep_catches_the_split_brain(endpoints: [Endpoint<Message>; 3], mesh: Mesh<Message>) {
    start(&mesh, endpoints, NO_QUORUM, no_two_leaders);
    sleep(ms(3000)).await;
}

// Also without chaos, as it fails.
#[shard_mesh::test(peers = 0..3, latency = "1ms..20ms", loss = 0.1, seeds = 0..200)]
#[ignore = "fails, to show its report"]
async fn without_a_quorum_there_are_two(endpoints: [Endpoint<Message>; 3], mesh: Mesh<Message>) {
    let last = start(&mesh, endpoints, NO_QUORUM, no_two_leaders);
    part_and_heal(&mesh, &last).await;
}

#[shard_mesh::shard_mesh(peers = 0..3, latency = "5ms")]
async fn main(mut endpoints: [Endpoint<Message>; 3], mesh: Mesh<Message>) {
    for quorum in [NO_QUORUM, MAJORITY] {
        println!("votes needed: {quorum}; 0 is parted from 1 and 2 from 1s to 2s");
        let (began, mut known) = (Instant::now(), Vec::new());
        let tell = move |leaders: &[u64]| {
            // Not what the peers of this story do in the next one.
            if leaders != known && began.elapsed() < ms(3100) {
                known = leaders.to_vec();
                let warning = if known.len() > 1 { ": split brain" } else { "" };
                println!(
                    "  {:>6?}  {known:?} accept writes{warning}",
                    began.elapsed()
                );
            }
        };
        let last = start(&mesh, endpoints, quorum, tell);
        part_and_heal(&mesh, &last).await;
        // For the next story the machines lose power, and forget all.
        endpoints = [0, 1, 2].map(|id| {
            mesh.crash(id);
            mesh.restart(id)
        });
    }
}
