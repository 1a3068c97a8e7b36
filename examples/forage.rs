//! Three foragers ask four sources, each of which finds something now and then, and discover which
//! is the best: a multi-armed bandit whose arms are shards, pulled by epsilon-greedy or by Thompson
//! sampling. What they learn they share by gossip. Cut off from one another each finds the best all
//! the same, and when they are not any more, their counts agree.
//!
//! Learn from it: a forager is a node that boots again with what its disk has, and tells nobody what a
//! crash can still take. A property catches a forager that tells it too early. What the foragers draw
//! comes from `mesh.seed_of`, and which source is the best from `mesh.pick`, so that the whole run
//! repeats. What a source answers is a function of the request, so that the test knows what had to be
//! found. Counts that merge (the `GCounter` of `crdts`) need no order, no acknowledgement and no memory
//! of who was told what. It leans on three promises: what is lost is `Ok` to the sender, so that only
//! a timer tells; a cut between foragers leaves their links to the sources alone; and `mesh.calm` ends
//! chaos, and leaves that cut.
//!
//! `cargo run --example forage`; with `SHARD_MESH_SEED=17` another source is the best.

use std::time::Duration;

use crdts::{CmRDT, CvRDT, GCounter};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Beta, Distribution};
use shard_mesh::{Disk, Endpoint, Fault, Mesh, ShardId, ms};
use tokio::time::{Instant, timeout_at};

/// The foragers are the shards from 0, the sources those that follow.
const FORAGERS: usize = 3;
const SOURCES: usize = 4;
/// How often each source finds something. Which is the first of them the seed decides.
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
    /// To a source. A request that was not answered comes again with its number, to this source or another.
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

/// Whether a request finds something: a function of the source's seed and the request alone.
fn finds(seed: u64, number: u64, chance: f64) -> bool {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_word_pos(u128::from(number) * 2);
    random.random_bool(chance)
}

/// The life of a source. It remembers nothing, so a crash costs it nothing.
async fn serve(endpoint: Endpoint<Packet>, seed: u64, chance: f64) {
    while let Some((from, packet)) = endpoint.recv_segment_from().await {
        if let Packet::Ask { number } = packet {
            let found = finds(seed, number, chance);
            let answer = Packet::Answer { number, found };
            endpoint.try_send_segment(from, answer).ok();
        }
    }
}

/// What a forager has on its disk.
#[derive(Clone, Debug)]
struct Memory {
    strategy: Strategy,
    known: Known,
    /// Which arm each request pulled that was answered.
    pulled: Vec<usize>,
}

impl Memory {
    fn new(strategy: Strategy) -> Self {
        Self {
            strategy,
            known: Known::default(),
            pulled: Vec::new(),
        }
    }

    /// Takes note of an answer. Returns how many there are now.
    fn answer(&mut self, me: ShardId, arm: usize, found: bool) -> usize {
        self.known[arm].count(me, found);
        self.pulled.push(arm);
        self.pulled.len()
    }
}

/// The number of a forager's request: no two that were answered have the same.
fn number(me: ShardId, answers: usize) -> u64 {
    (answers * FORAGERS) as u64 + me.0
}

/// A forager, for as long as it has power.
struct Forager {
    endpoint: Endpoint<Packet>,
    disk: Disk<Memory>,
    /// Whether it leaves it to the disk when to sync.
    hasty: bool,
}

impl Forager {
    /// Asks until it has had its answers, and then goes on telling what it knows.
    async fn live(self, seed: u64) {
        let me = self.endpoint.local_shard();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        loop {
            let (arm, answers) = self.disk.read(|memory| {
                let arm = memory.strategy.choose(&memory.known, &mut random);
                (arm, memory.pulled.len())
            });
            if answers >= ANSWERS {
                self.gossip().await;
                self.listen(None).await;
                continue;
            }
            let number = number(me, answers);
            let ask = Packet::Ask { number };
            self.endpoint.try_send_segment(source(arm), ask).ok();
            let Some(found) = self.listen(Some((source(arm), number))).await else {
                continue;
            };
            let answers = (self.disk).write(|memory| memory.answer(me, arm, found));
            if answers % GOSSIP_EVERY == 0 {
                self.gossip().await;
            }
        }
    }

    /// Tells the others all that it knows. A crash must not take what others count on: it would count
    /// again from less, and they would take the higher count for the newer.
    async fn gossip(&self) {
        if !self.hasty {
            self.disk.sync().await;
        }
        let known = self.disk.read(|memory| memory.known.clone());
        for other in (0..FORAGERS as u64).map(ShardId) {
            if other != self.endpoint.local_shard() {
                let known = Packet::Known(known.clone());
                self.endpoint.try_send_segment(other, known).ok();
            }
        }
    }

    /// Learns what others tell, until the answer to a request has come or patience is at its end.
    async fn listen(&self, request: Option<(ShardId, u64)>) -> Option<bool> {
        let end = Instant::now() + PATIENCE;
        loop {
            let received = timeout_at(end, self.endpoint.recv_segment_from()).await;
            let (from, packet) = received.ok()?.expect("the others stay");
            match packet {
                Packet::Known(known) => self.disk.write(|memory| {
                    for (mine, theirs) in memory.known.iter_mut().zip(known) {
                        mine.merge(theirs);
                    }
                }),
                Packet::Answer { number, found } if request == Some((from, number)) => {
                    return Some(found);
                }
                // It comes a second time, or another source was asked since.
                Packet::Answer { .. } | Packet::Ask { .. } => {}
            }
        }
    }
}

fn source(arm: usize) -> ShardId {
    ShardId((FORAGERS + arm) as u64)
}

/// The foragers and the sources, on a mesh.
struct Field {
    mesh: Mesh<Packet>,
    disks: [Disk<Memory>; 3],
    /// How often each source finds something.
    chances: [f64; SOURCES],
}

impl Field {
    fn start(
        mesh: &Mesh<Packet>,
        (foragers, sources): ([Endpoint<Packet>; 3], [Endpoint<Packet>; 4]),
        strategy: Strategy,
        hasty: bool,
    ) -> Self {
        let mut chances = CHANCES;
        chances.rotate_right(mesh.pick("best source", 0..SOURCES));
        for (endpoint, chance) in sources.into_iter().zip(chances) {
            let seed = mesh.seed_of(&endpoint);
            mesh.host(endpoint, move |endpoint| serve(endpoint, seed, chance));
        }
        let disks = foragers.map(|endpoint| {
            let disk = mesh.disk(&endpoint, Memory::new(strategy)).latency(ms(2));
            let (seed, of_node) = (mesh.seed_of(&endpoint), disk.clone());
            mesh.host(endpoint, move |endpoint| {
                let disk = of_node.clone();
                let forager = Forager {
                    endpoint,
                    disk,
                    hasty,
                };
                forager.live(seed)
            });
            disk
        });
        let all = disks.clone();
        mesh.always("nobody knows of more answers than there were", move || {
            (0..).map(ShardId).zip(&all).all(|(id, disk)| {
                let answers = disk.read(|memory| memory.pulled.len());
                let told =
                    |other: &Disk<Memory>| other.read(|memory| answers_of(id, &memory.known));
                all.iter().all(|other| told(other) <= answers)
            })
        });
        Self {
            mesh: mesh.clone(),
            disks,
            chances,
        }
    }

    /// The foragers begin anew, and know nothing.
    fn again(&self, strategy: Strategy) {
        let foragers = || (0..FORAGERS as u64).map(ShardId);
        foragers().for_each(|id| self.mesh.crash(id));
        for disk in &self.disks {
            disk.write(|memory| *memory = Memory::new(strategy));
        }
        foragers().for_each(|id| _ = self.mesh.restart(id));
    }

    /// Cuts the foragers off from one another.
    fn part(&self) -> Fault<Packet> {
        let ids = 0..FORAGERS as u64;
        self.mesh.between(ids.clone(), ids).cut()
    }

    /// Waits until all have explored.
    async fn explored(&self) {
        let disks = self.disks.clone();
        let explored = move || {
            let done = |disk: &Disk<Memory>| disk.read(|it| it.pulled.len() >= ANSWERS);
            disks.iter().all(done)
        };
        self.mesh.until("all have explored", explored).await;
    }

    /// Waits until all know the same. Returns which arms each has pulled.
    async fn agreed(&self) -> [Vec<usize>; 3] {
        let disks = self.disks.clone();
        let agree = move || {
            let same = |two: &[Disk<Memory>]| two[0].read(|a| two[1].read(|b| a.known == b.known));
            disks.windows(2).all(same)
        };
        self.mesh.until("all know the same", agree).await;
        self.check();
        self.disks
            .each_ref()
            .map(|it| it.read(|it| it.pulled.clone()))
    }

    /// Compares what the foragers have counted to what their requests had to find.
    fn check(&self) {
        let mut totals = [[0; 2]; SOURCES];
        for (me, disk) in (0..).map(ShardId).zip(&self.disks) {
            let pulled = disk.read(|memory| memory.pulled.clone());
            for (answers, arm) in pulled.into_iter().enumerate() {
                let (seed, chance) = (self.mesh.seed_of(source(arm)), self.chances[arm]);
                let found = finds(seed, number(me, answers), chance);
                totals[arm][usize::from(!found)] += 1;
            }
        }
        let known = self.disks[0].read(|memory| memory.known.each_ref().map(Arm::totals));
        assert_eq!(known, totals, "finds and misses of each arm");
    }
}

/// How many answers of this forager are known of.
fn answers_of(forager: ShardId, known: &Known) -> usize {
    let counters = known.iter().flat_map(|arm| [&arm.found, &arm.missed]);
    // The next count is one more than it has.
    let counts = counters.map(|counter| counter.inc(forager).counter - 1);
    usize::try_from(counts.sum::<u64>()).expect("is small")
}

fn count(pulled: &[usize], arm: usize) -> usize {
    pulled.iter().filter(|&&it| it == arm).count()
}

#[cfg(test)]
fn most_pulled(pulled: &[usize]) -> usize {
    let most = (0..SOURCES).max_by_key(|&arm| count(pulled, arm));
    most.expect("there are sources")
}

/// Some time of chaos, and its end.
#[cfg(test)]
async fn live_through_chaos(mesh: &Mesh<Packet>) {
    tokio::time::sleep(mesh.pick("chaos for", ms(0)..ms(3000))).await;
    mesh.calm().await;
}

#[shard_mesh::test(
    peers = 0..7, latency = "1ms..20ms", loss = 0.05, duplicate = 0.05, reorder = 0.05, chaos,
    seeds = 0..30,
)]
async fn the_best_source_is_pulled_most(
    foragers: [Endpoint<Packet>; 3],
    sources: [Endpoint<Packet>; 4],
    mesh: Mesh<Packet>,
) {
    let strategy = mesh.pick("strategy", STRATEGIES);
    let field = Field::start(&mesh, (foragers, sources), strategy, false);
    live_through_chaos(&mesh).await;
    field.explored().await;
    let pulled = field.agreed().await.concat();
    assert_eq!(most_pulled(&pulled), best_of(field.chances));
}

#[shard_mesh::test(
    peers = 0..7, latency = "1ms..20ms", loss = 0.05, duplicate = 0.05, reorder = 0.05, chaos,
    seeds = 0..30,
)]
async fn each_finds_the_best_alone_and_their_counts_agree_after(
    foragers: [Endpoint<Packet>; 3],
    sources: [Endpoint<Packet>; 4],
    mesh: Mesh<Packet>,
) {
    let strategy = mesh.pick("strategy", STRATEGIES);
    let field = Field::start(&mesh, (foragers, sources), strategy, false);
    let cut = field.part();
    live_through_chaos(&mesh).await;
    field.explored().await;
    cut.heal();
    for pulled in field.agreed().await {
        let late = &pulled[pulled.len() * 2 / 3..];
        assert_eq!(most_pulled(late), best_of(field.chances));
    }
}

#[shard_mesh::test(peers = 0..7, latency = "1ms..20ms", chaos = [crash], seeds = 0..200)]
#[should_panic(expected = "nobody knows of more answers than there were")]
async fn the_sweep_catches_foragers_that_tell_what_a_crash_can_take(
    foragers: [Endpoint<Packet>; 3],
    sources: [Endpoint<Packet>; 4],
    mesh: Mesh<Packet>,
) {
    let strategy = mesh.pick("strategy", STRATEGIES);
    let field = Field::start(&mesh, (foragers, sources), strategy, true);
    live_through_chaos(&mesh).await;
    field.explored().await;
    field.agreed().await;
}

#[shard_mesh::test(peers = 0..7, latency = "5ms", seeds = 0..4)]
async fn a_seed_replays(
    foragers: [Endpoint<Packet>; 3],
    sources: [Endpoint<Packet>; 4],
    mesh: Mesh<Packet>,
) {
    let strategy = mesh.pick("strategy", STRATEGIES);
    let field = Field::start(&mesh, (foragers, sources), strategy, false);
    field.explored().await;
    let first = field.agreed().await;
    field.again(strategy);
    field.explored().await;
    assert_eq!(field.agreed().await, first);
}

#[test]
fn a_source_keeps_to_its_chance_and_to_its_answers() {
    let found = |number: &u64| finds(7, *number, 0.35);
    let finds: Vec<_> = (0..10_000).filter(found).collect();
    // Within five standard deviations.
    assert!((3260..3740).contains(&finds.len()), "{}", finds.len());
    assert!(finds.iter().rev().all(found));
}

#[shard_mesh::shard_mesh(
    peers = 0..7, latency = "1ms..20ms", loss = 0.05, duplicate = 0.05, reorder = 0.05,
)]
async fn main(foragers: [Endpoint<Packet>; 3], sources: [Endpoint<Packet>; 4], mesh: Mesh<Packet>) {
    let field = Field::start(&mesh, (foragers, sources), STRATEGIES[0], false);
    let chances = field.chances;
    println!("a request finds something with {chances:?}, by its source");
    let mut columns = Vec::new();
    for strategy in STRATEGIES {
        for alone in [true, false] {
            if !columns.is_empty() {
                field.again(strategy);
            }
            let cut = alone.then(|| field.part());
            field.explored().await;
            cut.inspect(Fault::heal);
            columns.push(field.agreed().await);
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
