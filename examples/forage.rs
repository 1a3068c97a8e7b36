//! Three foragers ask four sources, each of which finds something now and then, and discover which
//! is the best: a multi-armed bandit whose arms are shards, pulled by epsilon-greedy or by Thompson
//! sampling. What they learn they share by gossip. Cut off from one another each finds the best all
//! the same, and when they are not any more, their counts agree.
//!
//! Learn from it: `mesh.seed()` seeds what the system under test draws, too, each shard from a
//! stream of its own, so that the whole run repeats; what a source answers is a function of the
//! request, so that the test knows what had to be found; and counts that merge (the `GCounter` of
//! `crdts`) need no order, no acknowledgement and no memory of who was told what. It leans on three
//! promises: what is lost is `Ok` to who sent it, so that only a timer tells; a cut between
//! foragers leaves their links to the sources alone; and a heal ends that cut and no other fault.
//!
//! `cargo run --example forage`; with `SHARD_MESH_SEED=17` another source is the best.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crdts::{CmRDT, CvRDT, GCounter};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Beta, Distribution};
use shard_mesh::{Endpoint, Fault, Mesh, ShardId};
use tokio::time::{Instant, sleep, timeout_at};

/// The foragers are the shards from 0, the sources those that follow.
const FORAGERS: usize = 3;
const SOURCES: usize = 4;
/// How often each source finds something. Which is which the seed decides.
const CHANCES: [f64; SOURCES] = [0.85, 0.5, 0.35, 0.2];
/// How many answers each forager wants.
const ANSWERS: usize = 240;
/// How long it waits for an answer: longer than that takes, if it comes.
const PATIENCE: Duration = Duration::from_millis(50);
/// After how many answers it tells the others what it knows.
const GOSSIP_EVERY: usize = 8;
/// How often epsilon-greedy explores.
const EPSILON: f64 = 0.2;

/// What goes over the links.
#[derive(Clone, Debug)]
enum Packet {
    /// To a source. No two requests have the same number.
    Ask { number: u64 },
    /// Whether the source found something.
    Answer { number: u64, found: bool },
    /// All that a forager knows.
    Known(Known),
}

/// What is known of a source: how often each forager found something there, and how often nothing.
#[derive(Clone, Debug, Default, PartialEq)]
struct Arm {
    found: GCounter<ShardId>,
    missed: GCounter<ShardId>,
}

/// What is known of all sources.
type Known = [Arm; SOURCES];

impl Arm {
    fn count(&mut self, by: ShardId, found: bool) {
        let counter = if found {
            &mut self.found
        } else {
            &mut self.missed
        };
        counter.apply(counter.inc(by));
    }

    fn merge(&mut self, other: Self) {
        self.found.merge(other.found);
        self.missed.merge(other.missed);
    }

    /// How often something was found, and how often nothing.
    fn totals(&self) -> [u32; 2] {
        [&self.found, &self.missed].map(|counter| counter.read().try_into().expect("is small"))
    }
}

const STRATEGIES: [Strategy; 2] = [Strategy::EpsilonGreedy, Strategy::ThompsonSampling];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Strategy {
    EpsilonGreedy,
    ThompsonSampling,
}

impl Strategy {
    /// The arm to pull next.
    fn choose(self, known: &Known, random: &mut ChaCha8Rng) -> usize {
        if self == Self::EpsilonGreedy && random.random_bool(EPSILON) {
            return random.random_range(0..SOURCES);
        }
        best_of(known.each_ref().map(|arm| {
            // Each starts with the credit of four finds and one miss: what is hardly known is tried.
            let [found, missed] = arm.totals().map(f64::from);
            let [found, missed] = [found + 4.0, missed + 1.0];
            match self {
                Self::EpsilonGreedy => found / (found + missed),
                Self::ThompsonSampling => {
                    let belief = Beta::new(found, missed).expect("both are above 0");
                    belief.sample(random)
                }
            }
        }))
    }
}

fn best_of(worth: [f64; SOURCES]) -> usize {
    let best = (0..SOURCES).max_by(|&a, &b| worth[a].total_cmp(&worth[b]));
    best.expect("there are sources")
}

/// What one shard draws from: another's draws shift nothing in it.
fn stream(seed: u64, shard: ShardId) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(shard.0);
    random
}

/// Whether a request finds something: a function of the seed, the source and the request alone.
fn finds(seed: u64, source: ShardId, number: u64, chance: f64) -> bool {
    let mut random = stream(seed, source);
    random.set_word_pos(u128::from(number) * 2);
    random.random_bool(chance)
}

/// The life of a source.
async fn serve(endpoint: Endpoint<Packet>, seed: u64, chance: f64) {
    let me = endpoint.local_shard();
    while let Some((from, packet)) = endpoint.recv_segment_from().await {
        if let Packet::Ask { number } = packet {
            let found = finds(seed, me, number, chance);
            let answer = Packet::Answer { number, found };
            endpoint.send_segment(from, answer).await.ok();
        }
    }
}

/// A forager, as its task and the test share it.
#[derive(Default)]
struct Forager {
    known: Known,
    /// The requests that were answered, in order: their numbers, and which arms they pulled.
    answered: Vec<(u64, usize)>,
}

impl Forager {
    /// Takes note of an answer. Returns how many there are now.
    fn answer(&mut self, me: ShardId, number: u64, arm: usize, found: bool) -> usize {
        self.known[arm].count(me, found);
        self.answered.push((number, arm));
        self.answered.len()
    }
}

type Shared = Arc<Mutex<Forager>>;

/// The life of a forager: asks until it has had its answers, and then goes on telling what it knows.
async fn forage(endpoint: Endpoint<Packet>, forager: Shared, strategy: Strategy, seed: u64) {
    let me = endpoint.local_shard();
    let mut random = stream(seed, me);
    let mut numbers = (me.0..).step_by(FORAGERS);
    while forager.lock().unwrap().answered.len() < ANSWERS {
        let arm = strategy.choose(&forager.lock().unwrap().known, &mut random);
        let number = numbers.next().expect("are endless");
        let ask = Packet::Ask { number };
        endpoint.send_segment(source(arm), ask).await.ok();
        let Some(found) = listen(&endpoint, &forager, Some(number)).await else {
            continue;
        };
        let answers = forager.lock().unwrap().answer(me, number, arm, found);
        if answers % GOSSIP_EVERY == 0 {
            gossip(&endpoint, &forager).await;
        }
    }
    loop {
        gossip(&endpoint, &forager).await;
        listen(&endpoint, &forager, None).await;
    }
}

/// Tells the others all that it knows.
async fn gossip(endpoint: &Endpoint<Packet>, forager: &Shared) {
    let known = forager.lock().unwrap().known.clone();
    for other in (0..FORAGERS as u64).map(ShardId) {
        if other != endpoint.local_shard() {
            let known = Packet::Known(known.clone());
            endpoint.send_segment(other, known).await.ok();
        }
    }
}

/// Learns what others tell, until the answer to a request has come or patience is at its end.
async fn listen(
    endpoint: &Endpoint<Packet>,
    forager: &Shared,
    request: Option<u64>,
) -> Option<bool> {
    let end = Instant::now() + PATIENCE;
    loop {
        let received = timeout_at(end, endpoint.recv_segment()).await.ok()?;
        match received.expect("the others stay") {
            Packet::Known(known) => {
                let mine = &mut forager.lock().unwrap().known;
                for (mine, theirs) in mine.iter_mut().zip(known) {
                    mine.merge(theirs);
                }
            }
            Packet::Answer { number, found } if request == Some(number) => return Some(found),
            // The answer to an earlier request: it comes a second time, or too late to be counted.
            Packet::Answer { .. } | Packet::Ask { .. } => {}
        }
    }
}

/// How often each source finds something.
fn chances(seed: u64) -> [f64; SOURCES] {
    let mut chances = CHANCES;
    chances.shuffle(&mut stream(seed, ShardId(u64::MAX)));
    chances
}

fn source(arm: usize) -> ShardId {
    ShardId((FORAGERS + arm) as u64)
}

fn start_sources(mesh: &Mesh<Packet>, sources: [Endpoint<Packet>; SOURCES]) {
    for (endpoint, chance) in sources.into_iter().zip(chances(mesh.seed())) {
        let me = endpoint.local_shard();
        mesh.spawn(me, serve(endpoint, mesh.seed(), chance));
    }
}

/// Lets the foragers explore, `alone`, cut off from one another, or not, and waits until they agree.
/// Returns which arms each has pulled. For another run they forget all.
async fn explore(
    mesh: &Mesh<Packet>,
    endpoints: &mut [Endpoint<Packet>; 3],
    strategy: Strategy,
    alone: bool,
) -> [Vec<usize>; 3] {
    let foragers = endpoints.each_ref().map(|endpoint| {
        let forager = Shared::default();
        let life = forage(endpoint.clone(), forager.clone(), strategy, mesh.seed());
        mesh.spawn(endpoint.local_shard(), life);
        forager
    });
    let of_each = || foragers.each_ref().map(|it| it.lock().unwrap());
    let ids = 0..FORAGERS as u64;
    let cut = alone.then(|| mesh.between(ids.clone(), ids).cut());
    while of_each().iter().any(|it| it.answered.len() < ANSWERS) {
        sleep(PATIENCE).await;
    }
    cut.inspect(Fault::heal);
    while of_each().windows(2).any(|two| two[0].known != two[1].known) {
        sleep(PATIENCE).await;
    }
    let answered = of_each().map(|it| it.answered.clone());
    check(&of_each()[0].known, &answered.concat(), mesh.seed());
    *endpoints = [0, 1, 2].map(|id| {
        mesh.crash(id);
        mesh.restart(id)
    });
    answered.map(|it| it.into_iter().map(|(_, arm)| arm).collect())
}

/// Compares what the foragers have counted to what their requests had to find.
fn check(known: &Known, answered: &[(u64, usize)], seed: u64) {
    for (arm, chance) in chances(seed).into_iter().enumerate() {
        let mut totals = [0, 0];
        for &(number, _) in answered.iter().filter(|answer| answer.1 == arm) {
            let found = finds(seed, source(arm), number, chance);
            totals[usize::from(!found)] += 1;
        }
        assert_eq!(known[arm].totals(), totals, "finds and misses of arm {arm}");
    }
}

fn count(pulled: &[usize], arm: usize) -> usize {
    pulled.iter().filter(|&&it| it == arm).count()
}

#[cfg(test)]
fn most_pulled(pulled: &[usize]) -> usize {
    let most = (0..SOURCES).max_by_key(|&arm| count(pulled, arm));
    most.expect("there are sources")
}

#[shard_mesh::test(
    peers = 0..7, latency = "1ms..20ms", loss = 0.05, duplicate = 0.05, reorder = 0.05,
    seeds = 0..50,
)]
async fn the_best_source_is_pulled_most(
    mut foragers: [Endpoint<Packet>; 3],
    sources: [Endpoint<Packet>; 4],
    mesh: Mesh<Packet>,
) {
    start_sources(&mesh, sources);
    for strategy in STRATEGIES {
        let pulled = explore(&mesh, &mut foragers, strategy, false).await;
        let best = best_of(chances(mesh.seed()));
        assert_eq!(most_pulled(&pulled.concat()), best, "by {strategy:?}");
    }
}

#[shard_mesh::test(
    peers = 0..7, latency = "1ms..20ms", loss = 0.05, duplicate = 0.05, reorder = 0.05,
    seeds = 0..50,
)]
async fn each_finds_the_best_alone_and_their_counts_agree_after(
    mut foragers: [Endpoint<Packet>; 3],
    sources: [Endpoint<Packet>; 4],
    mesh: Mesh<Packet>,
) {
    start_sources(&mesh, sources);
    for strategy in STRATEGIES {
        let best = best_of(chances(mesh.seed()));
        for pulled in explore(&mesh, &mut foragers, strategy, true).await {
            let late = &pulled[pulled.len() * 2 / 3..];
            assert_eq!(most_pulled(late), best, "by {strategy:?}");
        }
    }
}

#[shard_mesh::test(peers = 0..7, latency = "5ms", seeds = 0..4)]
async fn a_seed_replays(
    mut foragers: [Endpoint<Packet>; 3],
    sources: [Endpoint<Packet>; 4],
    mesh: Mesh<Packet>,
) {
    start_sources(&mesh, sources);
    for strategy in STRATEGIES {
        let first = explore(&mesh, &mut foragers, strategy, false).await;
        assert_eq!(explore(&mesh, &mut foragers, strategy, false).await, first);
    }
}

#[test]
fn a_source_keeps_to_its_chance_and_to_its_answers() {
    let found = |number: &u64| finds(7, ShardId(3), *number, 0.35);
    let finds: Vec<_> = (0..10_000).filter(found).collect();
    // Within five standard deviations.
    assert!((3260..3740).contains(&finds.len()), "{}", finds.len());
    assert!(finds.iter().rev().all(found));
}

#[shard_mesh::shard_mesh(
    peers = 0..7, latency = "1ms..20ms", loss = 0.05, duplicate = 0.05, reorder = 0.05,
)]
async fn main(
    mut foragers: [Endpoint<Packet>; 3],
    sources: [Endpoint<Packet>; 4],
    mesh: Mesh<Packet>,
) {
    start_sources(&mesh, sources);
    let chances = chances(mesh.seed());
    let seed = mesh.seed();
    println!("seed {seed}: a request finds something with {chances:?}, by its source");
    let mut columns = Vec::new();
    for strategy in STRATEGIES {
        for alone in [true, false] {
            columns.push(explore(&mesh, &mut foragers, strategy, alone).await);
        }
    }
    println!("the share of requests that went to the best:\n");
    println!("{:<14}{:<38}Thompson sampling", "", "epsilon-greedy");
    println!("requests      alone              together           alone              together");
    for first in (0..ANSWERS).step_by(20) {
        print!("{:>3} to {:>3}", first + 1, first + 20);
        for pulled in &columns {
            let these = pulled.each_ref().map(|it| &it[first..first + 20]);
            let percent = count(&these.concat(), best_of(chances)) * 100 / 60;
            print!("    {:<10}{percent:>4}%", "#".repeat(percent / 10));
        }
        println!();
    }
}
